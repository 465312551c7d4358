import fc from 'fast-check';
import type { SegmentShape } from '#libs/record';
import { ExtractRiskCollector } from './extract-risk.js';
import { RowBlockRisk } from './row-block-risk.js';
import type { RiskLevels } from './risk-levels.js';

const LEVELS: RiskLevels = {
  kind: 'vinculum-risk-levels', version: 1, leastRecords: 2,
  segment: [{ statistic: 'duplicateShare', above: 0.3, verdict: 'warn', why: 'a level that some extracts break' }],
  block: [{ statistic: 'missingShare', above: 0.3, verdict: 'warn', why: 'a level that some extracts break' }],
  record: [{ statistic: 'emptyShare', above: 0.1, verdict: 'refuse', why: 'a level that some extracts break' }],
};

/** Rows of few different values, some filters missing, some records empty. */
const extracts = fc.record({
  bits: fc.array(fc.constantFrom(8, 40, 64, 96), { minLength: 1, maxLength: 3 }),
  rows: fc.array(fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 3, maxLength: 3 }), { maxLength: 40 }),
  blockRows: fc.integer({ min: 1, max: 7 }),
  misaligned: fc.boolean(),
  cardinality: fc.constantFrom('unique' as const, 'many' as const),
});

function packed(segments: readonly SegmentShape[], rows: readonly number[][]): Uint8Array {
  return Buffer.concat(rows.flatMap((values, row) => [
    Buffer.alloc(16, row + 1), ...segments.map(({ bits }, s) => Buffer.alloc(bits / 8, values[s])),
  ]));
}

/** A copy that begins at an odd address. */
function shifted(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1);
  copy.set(bytes, 1);
  return copy.subarray(1);
}

describe('RowBlockRisk', () => {
  it('says what the collector says row by row, however the rows come', () => {
    fc.assert(fc.property(extracts, ({ bits, rows, blockRows, misaligned, cardinality }) => {
      const segments = bits.map((length, s): SegmentShape => (
        { name: `s${s}`, bits: length, ...(length === 64 && { block: true }) }));
      const bytes = packed(segments, rows);
      const rowBytes = 16 + bits.reduce((sum, length) => sum + length / 8, 0);
      const slow = new ExtractRiskCollector(segments);
      for (let at = 0; at < bytes.length; at += rowBytes) slow.add(bytes, at + 16);
      const fast = new RowBlockRisk(segments, rows.length, undefined, 64);
      for (let at = 0; at < bytes.length; at += rowBytes * blockRows) {
        const block = bytes.subarray(at, at + rowBytes * blockRows);
        fast.add(misaligned ? shifted(block) : Uint8Array.from(block));
      }
      expect(fast.judge(LEVELS, new Map(), cardinality)).toEqual(slow.judge(LEVELS, new Map(), cardinality));
    }));
  });

  it('finds a frequent value and repeated ones among more values than it keeps', () => {
    const segments = [{ name: 'clk', bits: 64 }];
    const rows = 60_000;
    const risk = new RowBlockRisk(segments, rows, 8_000, 1_024);
    const block = Buffer.alloc(24);
    for (let row = 0; row < rows; row++) {
      // One value in 1 % of the rows, a fifth of the others twice.
      block.writeUInt32BE(row % 100 === 0 ? 1 : 2, 16);
      const repeated = row % 10 === 1 ? row - 1 : row;
      block.writeUInt32BE(row % 100 === 0 ? 7 : Math.imul(repeated + 8, 2654435761) >>> 0, 20);
      risk.add(Uint8Array.from(block));
    }
    const { statistics } = risk.judge(LEVELS, new Map(), 'unique').segments[0];
    expect(statistics.records).toBe(rows);
    expect(statistics.greatestShare).toBeGreaterThan(0.007);
    expect(statistics.greatestShare).toBeLessThan(0.013);
    expect(risk.countedRows).toBeGreaterThan(7_000);
    expect(risk.countedRows).toBeLessThan(9_000);
    expect(risk.columnShares()[0]).toHaveLength(64);
  });
});
