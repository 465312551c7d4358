import { blake2b } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** clkhash's hash of a feature: BLAKE2b slices, or double hashing with HMAC-SHA-1 and HMAC-MD5. */
export type ClkhashHash =
  | { readonly type: 'blakeHash' } | { readonly type: 'doubleHash'; readonly preventSingularity: boolean };

const BLAKE_VALUES = 32;

/** The first `count` bit positions of a token in a filter of `length` bits, in order. */
export function clkhashPositions(
  hash: ClkhashHash, keys: readonly [Uint8Array, Uint8Array], token: Uint8Array, count: number,
  length: number,
): number[] {
  if (hash.type === 'blakeHash') return blakePositions(keys[0], token, count, length);
  const [first, step] = doubleHashes(keys, token, length, hash.preventSingularity);
  return Array.from({ length: count }, (_, i) => Number((first + BigInt(i) * step) % BigInt(length)));
}

/**
 * Digest c has salt `c` in decimal, zero padded to 16 bytes, and is 32 unsigned 16-bit little-endian
 * numbers.
 */
function blakePositions(key: Uint8Array, token: Uint8Array, count: number, length: number): number[] {
  const positions: number[] = [];
  for (let c = 0; positions.length < count; c++) {
    const salt = new Uint8Array(16);
    salt.set(utf8ToBytes(String(c)));
    const digest = blake2b(token, { dkLen: 64, key, salt });
    for (let i = 0; i < BLAKE_VALUES && positions.length < count; i++) {
      positions.push((digest[2 * i] | (digest[2 * i + 1] << 8)) % length);
    }
  }
  return positions;
}

/**
 * Both hashes modulo the filter length. A step of zero would set a single bit; when that is to be
 * prevented, the token gets a character appended, U+0000, U+0001, ..., until the step is another.
 */
export function doubleHashes(
  keys: readonly [Uint8Array, Uint8Array], token: Uint8Array, length: number, preventSingularity: boolean,
): [bigint, bigint] {
  const modulus = BigInt(length);
  const first = bigEndian(hmac(sha1, keys[0], token)) % modulus;
  let step = bigEndian(hmac(md5, keys[1], token)) % modulus;
  for (let retry = 0; preventSingularity && step === 0n && retry <= 0x10ffff && length > 1; retry++) {
    const suffix = utf8ToBytes(String.fromCodePoint(retry));
    step = bigEndian(hmac(md5, keys[1], concatBytes(token, suffix))) % modulus;
  }
  return [first, step];
}

function bigEndian(digest: Uint8Array): bigint {
  return digest.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
