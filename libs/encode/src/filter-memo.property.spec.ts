import fc from 'fast-check';
import { FilterMemo, NO_FILTER } from './filter-memo.js';

const CAPACITY = 5;
const WORDS = 3;

describe('FilterMemo', () => {
  it('gives back what was set, forgets the oldest and never grows beyond two generations', () => {
    const step = fc.record({ name: fc.integer({ min: 0, max: 30 }).map(String), none: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memo = new FilterMemo(CAPACITY, WORDS);
      const truth = new Map<string, number>();
      for (const { name, none } of steps) {
        const at = memo.find(name);
        const value = truth.get(name);
        if (at === NO_FILTER) expect(value).toBe(NO_FILTER);
        else if (at !== undefined) {
          expect([...memo.words.subarray(at, at + WORDS)]).toEqual(Array(WORDS).fill(value));
        } else if (none) truth.set(name, memo.setNone(name));
        else {
          const room = memo.reserve(name);
          expect([...memo.words.subarray(room, room + WORDS)]).toEqual(Array(WORDS).fill(0));
          truth.set(name, Number(name) + 1);
          memo.words.fill(Number(name) + 1, room, room + WORDS);
        }
        expect(memo.size).toBeLessThanOrEqual(2 * CAPACITY);
        expect(memo.find(name)).toBeDefined();
      }
    }));
  });
});
