import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Bit positions of tokens under one key; independent hashing, never double hashing. */
export type TokenHasher = (token: string, count: number) => number[];

const POSITIONS_PER_BLOCK = 8;

/**
 * Hashes tokens into a filter of `length` bits. Block `c` = HMAC-SHA-256(key, c as 4 bytes big endian ||
 * token in UTF-8), c = 0, 1, ...; each block is eight 32-bit big-endian numbers, and position i is number
 * i modulo `length`. Fewer positions of a token are always the first of more.
 */
export function createTokenHasher(key: Uint8Array, length: number): TokenHasher {
  const keyed = hmac.create(sha256, key);
  const state = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  const words = new DataView(digest.buffer);
  return (token, count) => {
    const bytes = utf8ToBytes(token);
    const positions: number[] = [];
    for (let block = 0; positions.length < count; block++) {
      keyed._cloneInto(state).update(bigEndian32(block)).update(bytes).digestInto(digest);
      for (let i = 0; i < POSITIONS_PER_BLOCK && positions.length < count; i++) {
        positions.push(words.getUint32(4 * i) % length);
      }
    }
    return positions;
  };
}

export function bigEndian32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
