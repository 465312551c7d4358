import fc from 'fast-check';
import { FilterKernel } from './filter-kernel.js';
import { FilterMemo, NO_FILTER } from './filter-memo.js';
import { FilterStore } from './filter-store.js';
import { JoinList } from './join-list.js';
import { NameJoins } from './name-joins.js';

const RECORDS = 4;
const FILTER_BYTES = 48;
const RECORD_BYTES = 80;
/** The second piece of a filter goes before the first. */
const SPANS = [{ from: 0, to: 32, bytes: 32 }, { from: 32, to: 0, bytes: 16 }];
const bitOf = (name: string): number =>
  [...name].reduce((sum, each) => sum * 31 + each.charCodeAt(0), 7) % 384;

describe('NameJoins', () => {
  it('joins what the memo gives one by one, whatever is forgotten in between', () => {
    const name = fc.oneof(fc.nat(40).map((i) => `n${i}`), fc.nat(9).map((i) => `none${i}`));
    const step = fc.tuple(name, fc.nat(RECORDS - 1), fc.boolean());
    // More names than the list has room for, and than the memo remembers.
    const given = fc.tuple(fc.array(step, { maxLength: 600 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(fc.property(given, ([steps, capacity]) => {
      const store = new FilterStore(new JoinList(new FilterKernel()), FILTER_BYTES);
      const memo = new FilterMemo(store, capacity);
      const records = store.kernel.allocate(RECORDS * RECORD_BYTES);
      const learn = (text: string): number => {
        if (text.startsWith('none')) return memo.setNone(text);
        const at = memo.reserve(text);
        store.setBit(at, bitOf(text));
        return at;
      };
      const joins = new NameJoins(
        memo, SPANS, (text, record) => joins.join(memo.find(text) ?? learn(text), record));
      const truth = new Uint8Array(RECORDS * RECORD_BYTES);
      for (const [text, record, settle] of steps) {
        const at = records + record * RECORD_BYTES;
        expect(joins.putText(text, 0, text.length, at)).toBe(true);
        if (settle) joins.settle();
        if (text.startsWith('none')) continue;
        const bit = bitOf(text);
        const [byte, span] = [bit >> 3, bit < 256 ? SPANS[0] : SPANS[1]];
        truth[record * RECORD_BYTES + span.to + byte - span.from] |= 128 >> (bit & 7);
      }
      joins.settle();
      store.joins.flush();
      expect(store.kernel.bytes.slice(records, records + truth.length)).toEqual(truth);
    }), { numRuns: 60 });
  });

  it('lists no empty name', () => {
    const store = new FilterStore(new JoinList(new FilterKernel()), FILTER_BYTES);
    const joins = new NameJoins(new FilterMemo(store, 1), SPANS, () => undefined);
    expect(joins.putText('', 0, 0, 64)).toBe(false);
    expect(joins.putBytes(new Uint8Array(0), 0, 0, 64)).toBe(false);
    joins.join(NO_FILTER, 64);
    expect([...store.kernel.bytes.subarray(64, 64 + RECORD_BYTES)].every((byte) => byte === 0)).toBe(true);
  });
});

