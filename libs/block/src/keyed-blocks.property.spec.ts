import fc from 'fast-check';
import type { BlockedSegment } from './blocked-segment.js';
import type { KeyedTable } from './blocking-table.js';
import { keyedEvidence } from './keyed-blocks.js';

const TABLE: KeyedTable = { kind: 'keyed', segment: 2, name: 'rule' };

/** Keys of 8 bytes; 0 is none. */
function columnOf(keys: readonly number[]): BlockedSegment {
  const filters = new Uint8Array(8 * keys.length);
  keys.forEach((key, row) => filters.fill(key, 8 * row, 8 * row + 8));
  const weights = Uint16Array.from(keys, (key) => Number(key > 0));
  return { records: keys.length, rowBytes: 8, filters, weights };
}

const keys = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 25 });

describe('keyedEvidence', () => {
  it('counts the pairs of equal keys in buckets within the limit, and which matches are among them', () => {
    const limits = fc.integer({ min: 1, max: 40 });
    fc.assert(fc.property(keys, keys, fc.boolean(), limits, (ofA, other, within, limit) => {
      const ofB = within ? ofA : other;
      const a = columnOf(ofA);
      const b = within ? a : columnOf(ofB);
      const buckets = new Map<number, number>();
      const all = ofA.flatMap((_, i) => ofB.flatMap((__, j) => (!within || i < j ? [[i, j]] : [])));
      const pairs = all.filter(([i, j]) => ofA[i] > 0 && ofA[i] === ofB[j]);
      for (const [i] of pairs) buckets.set(ofA[i], (buckets.get(ofA[i]) ?? 0) + 1);
      const small = pairs.filter(([i]) => (buckets.get(ofA[i]) ?? 0) <= limit);
      const { pairs: counted, found } = keyedEvidence(TABLE, a, b, Uint32Array.from(all.flat()), limit);
      expect(counted).toBe(small.length);
      const expected = new Set(small.map(([i, j]) => `${i}-${j}`));
      expect(all.filter((_, m) => found[m] === 1).map(([i, j]) => `${i}-${j}`)).toEqual([...expected]);
    }), { numRuns: 300 });
  });
});
