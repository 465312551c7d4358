import fc from 'fast-check';
import { DateFilters } from './date-filters.js';
import { dateTokens, readPartialDate } from './date-tokens.js';
import { FilterKernel, alignedBytes } from './filter-kernel.js';
import { FilterStore } from './filter-store.js';
import { JoinList } from './join-list.js';

const two = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0'));
const year = fc.integer({ min: 1795, max: 2205 }).map(String);
const date = fc.tuple(year, two(0, 14), two(0, 33)).map((parts) => parts.join('-'));
const spoilt = fc.tuple(date, fc.nat(9), fc.constantFrom('-', '?', '/', '٣', 'O', '0', ':')).map(([text, at, sign]) =>
  text.slice(0, at) + sign + text.slice(at + 1));

describe('DateFilters', () => {
  it('finds the union of a date\'s tokens, and reads nothing that is no full date', () => {
    const store = new FilterStore(new JoinList(new FilterKernel()), alignedBytes(128));
    const tokensAt = new Map<number, string[]>();
    const dates = new DateFilters(store, (at, tokens) => void tokensAt.set(at, tokens));
    let found = 0;
    fc.assert(fc.property(fc.oneof(date, spoilt, fc.string({ maxLength: 11 })), (value) => {
      const plain = /^(1[89]|2[01])\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value);
      expect(dates.find(value)).toBe(plain);
      if (!plain) return;
      found++;
      const union = [...dates.found].flatMap((at) => tokensAt.get(at) as string[]);
      expect(new Set(union)).toEqual(new Set(dateTokens(readPartialDate(value))));
    }), { numRuns: 1000 });
    expect(found).toBeGreaterThan(100);
  });
});
