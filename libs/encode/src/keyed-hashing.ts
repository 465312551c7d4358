import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bigEndian32, createTokenHasher, type TokenHasher } from './token-positions.js';

/** Unsigned numbers of 32 bits, one a call. */
export type KeyStream = () => number;

/** What an encoder takes from HMAC-SHA-256: `PLAIN_HASHING` by definition, `FourLaneHashing` faster. */
export interface KeyedHashing {
  /** Hasher of tokens into a filter of `length` bits, as `createTokenHasher` has it. */
  readonly tokenHasher: (key: Uint8Array, length: number) => TokenHasher;
  /**
   * HMAC-SHA-256(key, 0), HMAC-SHA-256(key, 1), ..., the counter as 4 bytes big endian; each code gives eight
   * numbers, big endian.
   */
  readonly keyStream: (key: Uint8Array) => KeyStream;
}

export const PLAIN_HASHING: KeyedHashing = { tokenHasher: createTokenHasher, keyStream: plainKeyStream };

function plainKeyStream(key: Uint8Array): KeyStream {
  const keyed = hmac.create(sha256, key);
  // The keyed state is copied into one that is used again: making a new one takes most of the time.
  const state = keyed.clone();
  const digest = new Uint8Array(keyed.outputLen);
  const block = new DataView(digest.buffer);
  let counter = 0;
  let offset = digest.length;
  return () => {
    if (offset === digest.length) {
      keyed._cloneInto(state).update(bigEndian32(counter++)).digestInto(digest);
      offset = 0;
    }
    offset += 4;
    return block.getUint32(offset - 4);
  };
}
