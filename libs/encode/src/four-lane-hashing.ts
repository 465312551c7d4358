import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { FilterKernel } from './filter-kernel.js';
import type { KeyStream, KeyedHashing } from './keyed-hashing.js';
import { MAX_MESSAGE_BYTES, MESSAGE_BATCH, ShortMessageCodes } from './short-message-codes.js';
import { createTokenHasher, type TokenHasher } from './token-positions.js';

const COUNTER_BYTES = 4;
const WORDS_OF_CODE = 8;
/** Codes of a key stream that are made together. */
const STREAM_CODES = 64;
const NO_BYTES = new Uint8Array(0);

/** Hashes four messages side by side in the memory of a kernel: the blocks of a token, or of a key stream. */
export class FourLaneHashing implements KeyedHashing {
  private readonly codes: ShortMessageCodes;

  constructor(kernel: FilterKernel) {
    this.codes = new ShortMessageCodes(kernel);
  }

  tokenHasher(key: Uint8Array, length: number): TokenHasher {
    const { codes } = this;
    const states = codes.statesOf(key);
    const plain = createTokenHasher(key, length);
    return (token, count) => {
      const bytes = utf8ToBytes(token);
      const blocks = Math.ceil(count / WORDS_OF_CODE);
      const fits = COUNTER_BYTES + bytes.length <= MAX_MESSAGE_BYTES && blocks <= MESSAGE_BATCH;
      if (!fits) return plain(token, count);
      codes.clear(blocks);
      for (let block = 0; block < blocks; block++) codes.putNumbered(block, block, bytes);
      codes.run(states, blocks, WORDS_OF_CODE);
      return Array.from({ length: count }, (_, i) => codes.wordAt(i) % length);
    };
  }

  keyStream(key: Uint8Array): KeyStream {
    const { codes } = this;
    const states = codes.statesOf(key);
    const words = new Uint32Array(STREAM_CODES * WORDS_OF_CODE);
    let counter = 0;
    let at = words.length;
    return () => {
      if (at === words.length) {
        codes.clear(STREAM_CODES);
        for (let i = 0; i < STREAM_CODES; i++) codes.putNumbered(i, counter++, NO_BYTES);
        codes.run(states, STREAM_CODES, WORDS_OF_CODE);
        for (let i = 0; i < words.length; i++) words[i] = codes.wordAt(i);
        at = 0;
      }
      return words[at++];
    };
  }
}
