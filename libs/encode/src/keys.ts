import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { RECORD_ID_BYTES, VinculumError } from '#libs/record';

/** A shorter secret could be searched. */
export const MIN_SECRET_BYTES = 32;

const SALT = utf8ToBytes('vinculum encoding 1');

/** @throws VinculumError SECRET_TOO_SHORT below `MIN_SECRET_BYTES`. */
export function assertSecret(secret: Uint8Array): void {
  if (secret.length >= MIN_SECRET_BYTES) return;
  throw new VinculumError('SECRET_TOO_SHORT',
    `expected a secret of at least ${MIN_SECRET_BYTES} bytes, got ${secret.length}; make one with: vinculum key new`);
}

/**
 * Key for one use of the project's secret: HKDF-SHA-256 (RFC 5869), 32 bytes. `use` lists what the
 * key is for, from general to particular; other uses give unrelated keys.
 */
export function deriveKey(secret: Uint8Array, ...use: readonly string[]): Uint8Array {
  return hkdf(sha256, secret, SALT, utf8ToBytes(use.map((part) => `${part.length}:${part}`).join('')), 32);
}

/** First 8 bytes of SHA-256(secret || "fp") as 16 hex digits: proves equal keys, reveals none. */
export function keyFingerprint(secret: Uint8Array): string {
  return keyCheck(secret).slice(0, 16);
}

/**
 * First 16 bytes of SHA-256(secret || "fp") as 32 hex digits, for people who compare them over the
 * telephone: another key of the same digits takes 2^128 tries (of the same fingerprint, 2^64).
 */
export function keyCheck(secret: Uint8Array): string {
  return bytesToHex(sha256(concatBytes(secret, utf8ToBytes('fp'))).subarray(0, 16));
}

/** Key of the record ids of a register. */
export function recordIdKey(secret: Uint8Array, registerId: string): Uint8Array {
  return deriveKey(secret, 'record-id', registerId);
}

/**
 * Maker of opaque record ids of a register: the first 16 bytes of HMAC-SHA-256 of the local identifier, under
 * a key of that register alone, so that two registers' ids of one person are unrelated.
 * `createRecordIdWriter` is faster for many.
 */
export function createRecordIdentifier(
  secret: Uint8Array, registerId: string,
): (localId: string) => Uint8Array {
  assertSecret(secret);
  const keyed = hmac.create(sha256, recordIdKey(secret, registerId));
  // The keyed state is copied into one that is used again: making a new one takes most of the time.
  const state = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  return (localId) => {
    keyed._cloneInto(state).update(utf8ToBytes(localId)).digestInto(digest);
    return digest.slice(0, RECORD_ID_BYTES);
  };
}

/** Opaque record id of one record, 16 bytes; `createRecordIdentifier` is faster for many. */
export function opaqueRecordId(secret: Uint8Array, registerId: string, localId: string): Uint8Array {
  return createRecordIdentifier(secret, registerId)(localId);
}
