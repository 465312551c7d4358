import fc from 'fast-check';
import { permuteRecordNumber, RECORD_NUMBERS } from './record-numbering.js';

describe('record numbers', () => {
  it('are unique and stay in their range', () => {
    for (const register of [0, 1, 2]) {
      const seen = new Set<number>();
      for (let i = 0; i < 20_000; i++) {
        const number = permuteRecordNumber(5, register, i);
        if (number < 0 || number >= RECORD_NUMBERS) throw new RangeError(`out of range: ${number}`);
        seen.add(number);
      }
      expect(seen.size).toBe(20_000);
    }
  });

  it('do not keep neighbours together', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const numbers = Array.from({ length: 400 }, (_, i) => permuteRecordNumber(seed, 0, i));
      const ordered = numbers.slice(1).filter((number, i) => number > numbers[i]).length;
      // A random order rises half of the time; six standard deviations of 399 pairs.
      expect(Math.abs(ordered - 199.5)).toBeLessThan(6 * Math.sqrt(401 / 12));
    }), { numRuns: 20 });
  });
});
