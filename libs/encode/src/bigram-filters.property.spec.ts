import fc from 'fast-check';
import { BigramFilters } from './bigram-filters.js';
import { FilterKernel } from './filter-kernel.js';
import { FilterStore } from './filter-store.js';
import { JoinList } from './join-list.js';
import { wordBigrams } from './text-tokens.js';
import { transliterate } from './transliteration.js';

const FILTER_BYTES = 2048;

/** Position of a pair of ASCII characters in a filter, so that each has a bit of its own. */
const positionOf = (token: string): number => token.charCodeAt(0) * 128 + token.charCodeAt(1);

describe('BigramFilters', () => {
  it('joins the pairs that a text has by definition, or says that it has others', () => {
    const store = new FilterStore(new JoinList(new FilterKernel()), FILTER_BYTES);
    const bigrams = new BigramFilters(store, (at, tokens) => {
      for (const token of tokens) store.setBit(at, positionOf(token));
    });
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('A', 'z', 'Q', '0', '9', '-', ' ', 'ü', 'ñ'), maxLength: 9 }),
      fc.string({ unit: 'grapheme', maxLength: 6 }));
    const filter = store.allocate(1);
    let joined = 0;
    fc.assert(fc.property(text, (given) => {
      const written = transliterate(given);
      expect(bigrams.canJoin(written)).toBe(/^[A-Z0-9 ]+$/.test(written));
      if (!bigrams.canJoin(written)) return;
      joined++;
      store.clear(filter, 1);
      bigrams.join(filter, written);
      store.joins.flush();
      const bits: number[] = [];
      store.kernel.bytes.subarray(filter, filter + FILTER_BYTES).forEach((byte, at) => {
        for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) bits.push(8 * at + bit);
      });
      expect(bits).toEqual([...new Set(wordBigrams(given).map(positionOf))].sort((a, b) => a - b));
    }), { numRuns: 500 });
    expect(joined).toBeGreaterThan(100);
  });
});
