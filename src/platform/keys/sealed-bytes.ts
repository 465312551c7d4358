import { createCipheriv, createDecipheriv, randomFillSync, type CipherGCM } from 'node:crypto';

/*
 * AES-256-GCM (NIST SP 800-38D); stored as nonce (12 bytes, random) || ciphertext || tag (16 bytes). What the
 * bytes belong to is authenticated with them, so that they cannot be moved to another place.
 */

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/**
 * Bytes that a cipher is handed at once. Its results are new buffers each time: short ones die young in
 * memory that the process has already, long ones are pages to be mapped, and outlive the young.
 */
const STEP_BYTES = 1 << 16;

/** Bytes that are stored beside the plain ones. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

/** @param key 32 bytes. @param place what `openSealed` must be told again. */
export function seal(key: Uint8Array, plain: Uint8Array, place: string): Buffer {
  const sealer = new Sealer(key, place, Buffer.allocUnsafe(plain.length + SEAL_BYTES));
  sealer.add(plain);
  return sealer.finish();
}

/** `seal` for bytes that come one after the other, into memory that the caller has. */
export class Sealer {
  private readonly cipher: CipherGCM;
  private at = NONCE_BYTES;

  /** @param memory for the plain bytes and `SEAL_BYTES`. */
  constructor(key: Uint8Array, place: string, private readonly memory: Buffer) {
    const nonce = randomFillSync(memory.subarray(0, NONCE_BYTES));
    this.cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  }

  /** @throws RangeError where the memory is too small. */
  add(plain: Uint8Array): void {
    for (let from = 0; from < plain.length; from += STEP_BYTES) {
      this.put(this.cipher.update(plain.subarray(from, from + STEP_BYTES)));
    }
  }

  /** What is to be stored: the beginning of the memory. */
  finish(): Buffer {
    // In this mode no byte is left for the end.
    this.cipher.final();
    this.put(this.cipher.getAuthTag());
    return this.memory.subarray(0, this.at);
  }

  private put(bytes: Uint8Array): void {
    this.memory.set(bytes, this.at);
    this.at += bytes.length;
  }
}

/**
 * @param into memory for the plain bytes, at least; good for nothing where this throws.
 * @throws Error where key, bytes and place do not belong together.
 */
export function openSealed(
  key: Uint8Array, sealed: Uint8Array, place: string,
  into: Buffer = Buffer.allocUnsafeSlow(Math.max(0, sealed.length - SEAL_BYTES)),
): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt));
  for (let from = NONCE_BYTES; from < tagAt; from += STEP_BYTES) {
    into.set(decipher.update(sealed.subarray(from, Math.min(from + STEP_BYTES, tagAt))), from - NONCE_BYTES);
  }
  // Compares the tag.
  decipher.final();
  return into.subarray(0, tagAt - NONCE_BYTES);
}
