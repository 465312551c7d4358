import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { RECORD_ID_BYTES, VinculumError } from '#libs/record';

/** A shorter secret could be searched. */
export const MIN_SECRET_BYTES = 32;

const MAX_ASCII_BYTES = 64;
const HMAC_BLOCK_BYTES = 64;
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

/** SHA-256 of bytes as a text of 32 characters, U+0000 to U+00FF, one for each byte of the digest. */
export type Sha256 = (bytes: Uint8Array) => string;

/**
 * Maker of opaque record ids of a register: the first 16 bytes of HMAC-SHA-256 of the local identifier, under
 * a key of that register alone, so that two registers' ids of one person are unrelated.
 *
 * @param hash SHA-256 of the machine, where it is faster than the one of this library; changes no id
 */
export function createRecordIdentifier(
  secret: Uint8Array, registerId: string, hash?: Sha256,
): (localId: string) => Uint8Array {
  assertSecret(secret);
  const key = deriveKey(secret, 'record-id', registerId);
  if (hash !== undefined) return recordIdentifierWith(hash, key);
  const keyed = hmac.create(sha256, key);
  // The keyed state is copied into one that is used again: making a new one takes most of the time.
  const state = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  return (localId) => {
    keyed._cloneInto(state).update(utf8ToBytes(localId)).digestInto(digest);
    return digest.slice(0, RECORD_ID_BYTES);
  };
}

/** HMAC (RFC 2104) over a given hash: H(key xor opad || H(key xor ipad || text)). */
function recordIdentifierWith(hash: Sha256, key: Uint8Array): (localId: string) => Uint8Array {
  const inner = new Uint8Array(HMAC_BLOCK_BYTES + MAX_ASCII_BYTES).fill(0x36, 0, HMAC_BLOCK_BYTES);
  const outer = new Uint8Array(HMAC_BLOCK_BYTES + sha256.outputLen).fill(0x5c, 0, HMAC_BLOCK_BYTES);
  key.forEach((byte, i) => {
    inner[i] ^= byte;
    outer[i] ^= byte;
  });
  // A view for each length of text: making one takes as long as half a digest.
  const upTo = Array.from({ length: MAX_ASCII_BYTES + 1 }, (_, i) => inner.subarray(0, HMAC_BLOCK_BYTES + i));
  return (localId) => {
    const digest = hash(writeAscii(localId, inner, HMAC_BLOCK_BYTES)
      ? upTo[localId.length] : concatBytes(upTo[0], utf8ToBytes(localId)));
    writeLatin1(digest, outer, HMAC_BLOCK_BYTES, sha256.outputLen);
    const id = new Uint8Array(RECORD_ID_BYTES);
    writeLatin1(hash(outer), id, 0, RECORD_ID_BYTES);
    return id;
  };
}

/** Writes a text to `bytes` at `at` if it is short and ASCII; false for any other. */
function writeAscii(text: string, bytes: Uint8Array, at: number): boolean {
  if (text.length > MAX_ASCII_BYTES) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[at + i] = code;
  }
  return true;
}

function writeLatin1(text: string, bytes: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
}

/** Opaque record id of one record, 16 bytes; `createRecordIdentifier` is faster for many. */
export function opaqueRecordId(secret: Uint8Array, registerId: string, localId: string): Uint8Array {
  return createRecordIdentifier(secret, registerId)(localId);
}
