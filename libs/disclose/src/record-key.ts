import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { VinculumError } from '#libs/record';

/** Record and cell keys live in 0 .. KEY_MODULUS - 1. */
export const KEY_MODULUS = 2 ** 32;

/** A record-key secret is at least this long. */
export const RECORD_KEY_SECRET_BYTES = 32;

/** Entity -> record key, a uint32. */
export type RecordKeyFunction = (entity: string | number) => number;

/**
 * Record key: the first 32 bits (big endian) of HMAC-SHA-256(secret, UTF-8(entity id)).
 *
 * A record key belongs to the person, not to the query: it must be the same in every table for as long as
 * any table stays published, or repeated tables average the noise away. The keys of one entity as
 * number and as its decimal string are equal.
 *
 * @throws VinculumError `RECORD_KEY_SECRET_INVALID` when the secret is shorter than 32 bytes.
 */
export function recordKeyFunction(secret: Uint8Array): RecordKeyFunction {
  if (secret.length < RECORD_KEY_SECRET_BYTES) {
    throw new VinculumError('RECORD_KEY_SECRET_INVALID',
      `expected a record-key secret of at least ${RECORD_KEY_SECRET_BYTES} bytes, got ${secret.length}; `
      + 'make one from the operating system\'s random source');
  }
  // The two padded-key blocks are hashed once and cloned for each entity: half of the work of an HMAC.
  const keyed = hmac.create(sha256, secret);
  const encoder = new TextEncoder();
  return (entity) => {
    const mac = keyed.clone().update(encoder.encode(String(entity))).digest();
    return ((mac[0] << 24) | (mac[1] << 16) | (mac[2] << 8) | mac[3]) >>> 0;
  };
}
