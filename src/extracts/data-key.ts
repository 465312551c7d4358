import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { ExtractPartName } from '#libs/record';
import { deriveKey } from '../platform/keys/key-folder.js';

/*
 * AES-256-GCM throughout; stored as nonce (12 bytes) || ciphertext || tag (16 bytes). What a ciphertext
 * belongs to is authenticated with it, so that rows cannot be moved to another extract or another place.
 */

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key that one extract's chunks are encrypted with. Without it they are noise: that destroys it. */
export class DataKey {
  private constructor(private readonly extract: string, private readonly key: Uint8Array) {}

  /** A new key from the operating system's randomness. */
  static generate(extract: string): DataKey {
    return new DataKey(extract, randomBytes(KEY_BYTES));
  }

  /** @throws Error where master key, extract and wrapped key do not belong together. */
  static unwrap(masterKey: Uint8Array, extract: string, wrapped: Uint8Array): DataKey {
    return new DataKey(extract, open(wrappingKey(masterKey), wrapped, `data key of ${extract}`));
  }

  /** For storage: encrypted under a key that derives from the service's master key. */
  wrap(masterKey: Uint8Array): Buffer {
    return seal(wrappingKey(masterKey), this.key, `data key of ${this.extract}`);
  }

  /** @param place where in the part the bytes belong. */
  sealChunk(part: ExtractPartName, place: number, bytes: Uint8Array): Buffer {
    return seal(this.key, bytes, this.nameOf(part, place));
  }

  /** @throws Error where the chunk was altered, or belongs to another place. */
  openChunk(part: ExtractPartName, place: number, data: Uint8Array): Buffer {
    return open(this.key, data, this.nameOf(part, place));
  }

  private nameOf(part: ExtractPartName, place: number): string {
    return part === 'encodings' ? `chunk ${place} of ${this.extract}`
      : `chunk ${place} of the ${part} of ${this.extract}`;
  }
}

function wrappingKey(masterKey: Uint8Array): Buffer {
  return deriveKey(masterKey, 'wrapping of data keys', KEY_BYTES);
}

function seal(key: Uint8Array, plain: Uint8Array, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Uint8Array, sealed: Uint8Array, place: string): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
}
