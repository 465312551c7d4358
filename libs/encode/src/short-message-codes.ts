import type { FieldBatch } from './field-batch.js';
import type { FilterKernel } from './filter-kernel.js';

const BLOCK_BYTES = 64;
/** Longer messages do not fit into one block with a bit, and the length as two of its 8 bytes. */
export const MAX_MESSAGE_BYTES = 55;
/** Messages that are hashed with one call. */
export const MESSAGE_BATCH = 256;
const LANES = 4;
const STATE_BYTES = 8 * 16;
const SCHEDULE_BYTES = 64 * 16;
const CODE_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** Address of the states after the block of a key, for the inner and for the outer hash. */
export type KeyStates = number & { readonly keyStates: true };

/**
 * HMAC-SHA-256 (RFC 2104) of short messages, up to 256 at a time and four side by side in the memory of a
 * kernel. Messages are put into their places, `run` makes their codes, and these are read at `codes`.
 */
export class ShortMessageCodes {
  /** Address of the codes, back to back. */
  readonly codes: number;
  private readonly constants: number;
  private readonly blocks: number;
  private readonly schedule: number;

  constructor(readonly kernel: FilterKernel) {
    this.constants = kernel.allocate(4 * 64);
    this.blocks = kernel.allocate(MESSAGE_BATCH * BLOCK_BYTES);
    this.codes = kernel.allocate(MESSAGE_BATCH * CODE_BYTES);
    this.schedule = kernel.allocate(SCHEDULE_BYTES + STATE_BYTES);
    kernel.words.set(roundConstants(), this.constants / 4);
  }

  /** Hashes the blocks of a key of at most 64 bytes, once for all its messages. */
  statesOf(key: Uint8Array): KeyStates {
    const states = this.kernel.allocate(2 * STATE_BYTES);
    this.startState(states, key, INNER_PAD);
    this.startState(states + STATE_BYTES, key, OUTER_PAD);
    return states as KeyStates;
  }

  /** Empties the first `count` places. */
  clear(count: number): void {
    this.kernel.bytes.fill(0, this.blocks, this.blocks + count * BLOCK_BYTES);
  }

  /**
   * Puts a text into a place that is empty; of characters beyond ASCII and of long texts the code means
   * nothing.
   */
  putText(place: number, text: string): void {
    const { kernel: { bytes }, blocks } = this;
    const at = blocks + place * BLOCK_BYTES;
    const length = Math.min(text.length, MAX_MESSAGE_BYTES);
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    this.pad(at, length);
  }

  /** Puts the bytes `from` to `to`, of which at most 55 count, into a place that is empty. */
  putBytes(place: number, message: Uint8Array, from: number, to: number): void {
    const { kernel: { bytes }, blocks } = this;
    const at = blocks + place * BLOCK_BYTES;
    const length = Math.min(to - from, MAX_MESSAGE_BYTES);
    for (let i = 0; i < length; i++) bytes[at + i] = message[from + i];
    this.pad(at, length);
  }

  /**
   * Puts the fields of a batch, which has one a row, into the first places; of each at most 55 bytes
   * count.
   */
  putFields({ textAt, fieldsAt, rowStep, count }: FieldBatch): void {
    this.kernel.run.putMessages(textAt, fieldsAt, rowStep, count, this.blocks);
  }

  /** Puts a number, as 4 bytes big endian, and bytes into a place that is empty. */
  putNumbered(place: number, number: number, message: Uint8Array): void {
    const { kernel: { bytes }, blocks } = this;
    const at = blocks + place * BLOCK_BYTES;
    for (let i = 0; i < 4; i++) bytes[at + i] = number >>> (24 - 8 * i);
    bytes.set(message, at + 4);
    this.pad(at, message.length + 4);
  }

  /** Makes the first `codeWords` words (of 4 bytes) of the codes of the first `count` places. */
  run(states: KeyStates, count: number, codeWords: number): void {
    const { kernel, constants, blocks, codes, schedule } = this;
    kernel.run.authenticate(states, constants, blocks, Math.ceil(count / LANES), codeWords, codes, schedule);
  }

  /** Number `word` of the codes, big endian. */
  wordAt(word: number): number {
    const { kernel: { bytes }, codes } = this;
    const at = codes + 4 * word;
    return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  }

  /** Ends a message as the last block of a hash, behind the block of the key. */
  private pad(at: number, length: number): void {
    const { bytes } = this.kernel;
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
