import fc from 'fast-check';
import { FilterKernel, alignedBytes } from './filter-kernel.js';
import { FilterMemo, NO_FILTER } from './filter-memo.js';
import { FilterStore } from './filter-store.js';
import { JoinList } from './join-list.js';

const CAPACITY = 5;
const BITS = 160;

describe('FilterMemo', () => {
  it('gives back what was set, forgets the oldest and never grows beyond two generations', () => {
    const step = fc.record({ name: fc.integer({ min: 0, max: 30 }).map((i) => `${i}${'x'.repeat(i)}`), none: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, flushing) => {
      const store = new FilterStore(new JoinList(new FilterKernel()), alignedBytes(BITS));
      const memo = new FilterMemo(store, CAPACITY);
      const record = store.allocate(steps.length + 1);
      const truth = new Map<string, number>();
      const joined: number[] = [];
      steps.forEach(({ name, none }, i) => {
        const position = (name.length * 7) % BITS;
        let at = memo.find(name);
        if (at === undefined) {
          truth.set(name, none ? NO_FILTER : position);
          at = none ? memo.setNone(name) : memo.reserve(name);
          if (!none) store.setBit(at, position);
        }
        expect(at === NO_FILTER).toBe(truth.get(name) === NO_FILTER);
        // Joins are listed, and must see the filter as it is now, whatever is forgotten before they are done.
        if (at !== NO_FILTER) store.join(record + i * store.filterBytes, at);
        if (flushing) store.joins.flush();
        expect(memo.size).toBeLessThanOrEqual(2 * CAPACITY);
        expect(memo.find(name)).toBeDefined();
        joined.push(truth.get(name) as number);
      });
      store.joins.flush();
      joined.forEach((position, i) => {
        const at = record + i * store.filterBytes;
        const filter = [...store.kernel.bytes.subarray(at, at + store.filterBytes)];
        const expected = Array<number>(store.filterBytes).fill(0);
        if (position !== NO_FILTER) expected[position >> 3] = 128 >> (position & 7);
        expect(filter).toEqual(expected);
      });
    }));
  });
});
