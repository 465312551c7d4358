import { chance, randomFilter } from '../../../test/support/encoded-extracts.js';
import { nearerThanChance } from './columns.js';
import { randomPairs } from './seeded-random.js';
import type { BlockedSegment } from './table-index.js';

function segmentOf(rows: readonly Uint8Array[]): BlockedSegment {
  return {
    records: rows.length, rowBytes: rows[0].length, filters: Uint8Array.from(Buffer.concat(rows)),
    weights: Uint16Array.from(rows, (row) => row.reduce((sum, byte) => sum + byte, 0)),
  };
}

describe('nearerThanChance', () => {
  const random = chance(1);
  const rows = Array.from({ length: 400 }, () => randomFilter(1024, 0.5, random));
  const pairs = randomPairs(400, 400, 20000, 2);

  it('is the distance that a pair in a thousand is below by chance', () => {
    const strangers = segmentOf(rows);
    const others = segmentOf(Array.from({ length: 400 }, () => randomFilter(1024, 0.5, random)));
    // Half of 512 with a standard deviation of 11.3, three of which a pair in a thousand is away.
    const most = nearerThanChance(strangers, others, 512, pairs);
    expect(most).toBeGreaterThan(210);
    expect(most).toBeLessThan(230);
  });

  it('does not shrink where many people share a value', () => {
    const shared = segmentOf(rows.map((row, r) => (r % 2 === 0 ? rows[0] : row)));
    expect(nearerThanChance(shared, shared, 512, pairs)).toBeGreaterThan(140);
  });

  it('is every distance where nobody has the segment', () => {
    const missing = segmentOf(rows.map(() => new Uint8Array(128)));
    expect(nearerThanChance(missing, missing, 512, pairs)).toBe(512);
  });
});
