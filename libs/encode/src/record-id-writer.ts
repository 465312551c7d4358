import { RECORD_ID_BYTES } from '#libs/record';
import { FilterKernel } from './filter-kernel.js';
import { createRecordIdentifier, recordIdKey } from './keys.js';

/** Writes the opaque ids of local identifiers, the first at `offset` of `out`, `rowBytes` apart. */
export type RecordIdWriter = (
  localIds: readonly string[], out: Uint8Array, offset: number, rowBytes: number) => void;

const BLOCK_BYTES = 64;
/** Longer texts do not fit into one block with a bit, and the length as two of its 8 bytes. */
const MAX_TEXT_BYTES = 55;
const LANES = 4;
const BATCH = 256;
const STATE_BYTES = 8 * 16;
const SCHEDULE_BYTES = 64 * 16;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * Opaque record ids of many records at a time, those of `createRecordIdentifier`: short texts of ASCII go
 * through a kernel that hashes four of them at once, after the key was hashed once for all.
 *
 * @throws VinculumError SECRET_TOO_SHORT.
 */
export function createRecordIdWriter(secret: Uint8Array, registerId: string): RecordIdWriter {
  const identify = createRecordIdentifier(secret, registerId);
  const codes = new ShortMessageCodes(recordIdKey(secret, registerId));
  return (localIds, out, offset, rowBytes) => {
    const room = offset + Math.max(0, localIds.length - 1) * rowBytes + RECORD_ID_BYTES;
    if (localIds.length > 0 && (offset < 0 || room > out.length)) {
      throw new RangeError(`expected room for ${room} bytes, got ${out.length}`);
    }
    for (let first = 0; first < localIds.length; first += BATCH) {
      const count = Math.min(BATCH, localIds.length - first);
      codes.write(localIds, first, count, out, offset + first * rowBytes, rowBytes);
      for (let i = first; i < first + count; i++) {
        if (!isShort(localIds[i])) out.set(identify(localIds[i]), offset + i * rowBytes);
      }
    }
  };
}

/** HMAC-SHA-256 of short ASCII texts under one key; what it gives for others means nothing. */
class ShortMessageCodes {
  private readonly kernel = new FilterKernel();
  private readonly states = this.kernel.allocate(2 * STATE_BYTES);
  private readonly constants = this.kernel.allocate(4 * 64);
  private readonly blocks = this.kernel.allocate(BATCH * BLOCK_BYTES);
  private readonly codes = this.kernel.allocate(BATCH * RECORD_ID_BYTES);
  private readonly schedule = this.kernel.allocate(SCHEDULE_BYTES + STATE_BYTES);

  constructor(key: Uint8Array) {
    const { kernel: { words }, constants } = this;
    words.set(roundConstants(), constants / 4);
    this.startState(this.states, key, INNER_PAD);
    this.startState(this.states + STATE_BYTES, key, OUTER_PAD);
  }

  write(
    texts: readonly string[], first: number, count: number, out: Uint8Array, offset: number, rowBytes: number,
  ): void {
    const { kernel: { bytes, run }, blocks, codes } = this;
    bytes.fill(0, blocks, blocks + count * BLOCK_BYTES);
    for (let i = 0; i < count; i++) this.writeBlock(texts[first + i], blocks + i * BLOCK_BYTES);
    run.authenticate(this.states, this.constants, blocks, Math.ceil(count / LANES), codes, this.schedule);
    for (let i = 0; i < count; i++) {
      const [from, to] = [codes + i * RECORD_ID_BYTES, offset + i * rowBytes];
      for (let k = 0; k < RECORD_ID_BYTES; k++) out[to + k] = bytes[from + k];
    }
  }

  /** A text as the last block of a hash, behind the block of the key. */
  private writeBlock(text: string, at: number): void {
    const { bytes } = this.kernel;
    const length = Math.min(text.length, MAX_TEXT_BYTES);
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    bytes[at + length] = 0x80;
    const bits = 8 * (BLOCK_BYTES + length);
    bytes[at + BLOCK_BYTES - 2] = bits >>> 8;
    bytes[at + BLOCK_BYTES - 1] = bits;
  }

  /** The state of SHA-256 after the block of the key, in all lanes, at the address `at`. */
  private startState(at: number, key: Uint8Array, pad: number): void {
    const { kernel: { words, run }, constants, schedule } = this;
    initialState().forEach((word, i) => words.fill(word, at / 4 + LANES * i, at / 4 + LANES * (i + 1)));
    for (let t = 0; t < BLOCK_BYTES / 4; t++) {
      const word = [0, 1, 2, 3].reduce((sum, i) => (sum << 8) | ((key[4 * t + i] ?? 0) ^ pad), 0);
      words.fill(word >>> 0, schedule / 4 + LANES * t, schedule / 4 + LANES * (t + 1));
    }
    run.compress(at, constants, schedule);
  }
}

function isShort(text: string): boolean {
  if (text.length > MAX_TEXT_BYTES) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** FIPS 180-4, section 4.2.2: first 32 bits of the fractions of the cube roots of the first 64 primes. */
function roundConstants(): Uint32Array {
  return Uint32Array.from(firstPrimes(64), (prime) => fractionOfRoot(prime, 3n));
}

/** Section 5.3.3: the same of the square roots of the first eight. */
function initialState(): Uint32Array {
  return Uint32Array.from(firstPrimes(8), (prime) => fractionOfRoot(prime, 2n));
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fractionOfRoot(prime: number, degree: bigint): number {
  const scaled = BigInt(prime) << (32n * degree);
  // Below 2^5 for all of them, and 32 bits of fraction.
  let root = 0n;
  for (let bit = 1n << 37n; bit > 0n; bit >>= 1n) if ((root + bit) ** degree <= scaled) root += bit;
  return Number(root & 0xffffffffn);
}
