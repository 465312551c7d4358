import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/*
 * AES-256-GCM (NIST SP 800-38D); stored as nonce (12 bytes, random) || ciphertext || tag (16 bytes). What the
 * bytes belong to is authenticated with them, so that they cannot be moved to another place.
 */

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes that are stored beside the plain ones. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

/** @param key 32 bytes. @param place what `openSealed` must be told again. */
export function seal(key: Uint8Array, plain: Uint8Array, place: string): Buffer {
  return Buffer.concat(sealedPieces(key, plain, place));
}

/** `seal` for many bytes, which are not copied once more: nonce, ciphertext, tag. */
export function sealedPieces(key: Uint8Array, plain: Uint8Array, place: string): Buffer[] {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  return [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
}

/** @throws Error where key, bytes and place do not belong together. */
export function openSealed(key: Uint8Array, sealed: Uint8Array, place: string): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, tagAt));
  // Compares the tag. In this mode no byte is left for the end.
  decipher.final();
  return plain;
}
