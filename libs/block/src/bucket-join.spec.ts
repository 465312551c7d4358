import fc from 'fast-check';
import { chance, randomFilter } from '../../../test/support/encoded-extracts.js';
import type { BlockingTable } from './blocking-table.js';
import { joinBuckets, type BucketCounts } from './bucket-join.js';
import type { BlockedSegment } from './blocked-segment.js';
import { indexTable } from './table-index.js';

interface Sample { readonly segment: BlockedSegment; readonly rows: readonly Uint8Array[] }

/** Some rows missing, some shared with other samples of the same number of bytes. */
function sample(records: number, rowBytes: number, seed: number): Sample {
  const random = chance(seed);
  const shared = Array.from({ length: 4 }, (_, k) => randomFilter(8 * rowBytes, 0.4, chance(k)));
  const rows = Array.from({ length: records }, () => {
    const kind = random();
    if (kind < 0.2) return new Uint8Array(rowBytes);
    return kind < 0.6 ? shared[Math.floor(4 * random())] : randomFilter(8 * rowBytes, 0.3, random);
  });
  const weights = Uint16Array.from(rows, (row) => row.reduce((sum, byte) => sum + byte, 0));
  const filters = new Uint8Array(records * rowBytes);
  rows.forEach((row, r) => filters.set(row, r * rowBytes));
  return { segment: { records, rowBytes, filters, weights }, rows };
}

/** Key of a row by the definition: the filter, or its bits in the columns; null when missing. */
function keyOf(table: BlockingTable, row: Uint8Array): string | null {
  if (row.every((byte) => byte === 0)) return null;
  const text = Array.from(row, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return table.kind === 'sampled' ? Array.from(table.columns, (column) => text[column]).join('') : text;
}

function joined(
  table: BlockingTable, a: Sample, b: Sample, maxPairsInBucket = 1e6, among: Uint32Array | null = null,
): { pairs: string[]; oversized: string[]; counts: BucketCounts } {
  const pairs: string[] = [];
  const oversized: string[] = [];
  // A batch of six pairs: most samples fill several.
  const batch = new Uint32Array(12);
  const within = a === b;
  const indexA = indexTable(table, a.segment, among);
  const steps = joinBuckets(indexA, within ? indexA : indexTable(table, b.segment), {
    within, maxPairsInBucket, batch,
    take: (length) => { for (let p = 0; p < length; p++) pairs.push(`${batch[2 * p]}-${batch[2 * p + 1]}`); },
    oversized: (ofA, ofB) => oversized.push(`${Array.from(ofA).join()} ${Array.from(ofB).join()}`),
  });
  for (;;) {
    const next = steps.next();
    if (next.done) return { pairs, oversized, counts: next.value };
  }
}

function pairsByDefinition(table: BlockingTable, a: Sample, b: Sample, among?: readonly number[]): string[] {
  return a.rows.flatMap((rowA, i) => b.rows.flatMap((rowB, j) => {
    const key = keyOf(table, rowA);
    const wanted = (a !== b || i < j) && (among?.includes(i) ?? true);
    return wanted && key !== null && key === keyOf(table, rowB) ? [`${i}-${j}`] : [];
  }));
}

const tables = fc.oneof(
  fc.constantFrom<BlockingTable>({ kind: 'equal', segment: 0 }, { kind: 'keyed', segment: 0, name: 'rule' }),
  fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { minLength: 1, maxLength: 24 })
    .map((columns): BlockingTable => ({
      kind: 'sampled', segment: 0, columns: Uint16Array.from(columns), finer: new Uint16Array(0),
      drawnFrom: columns.length,
      line: 0, mostInHalf: 256, mostInLine: 512,
    })));
const sizes = fc.integer({ min: 0, max: 30 });

describe('the join of a table', () => {
  it('is every pair whose keys are equal, each once', () => {
    fc.assert(fc.property(tables, sizes, sizes, fc.nat(), (table, ofA, ofB, seed) => {
      const [a, b] = [sample(ofA, 8, seed), sample(ofB, 8, seed + 1)];
      const { pairs, counts } = joined(table, a, b);
      expect([...pairs].sort()).toEqual(pairsByDefinition(table, a, b).sort());
      expect(counts).toMatchObject({ candidates: pairs.length, oversizedPairs: 0 });
    }));
  });

  it('within a register is every pair i < j, once', () => {
    fc.assert(fc.property(tables, sizes, fc.nat(), (table, records, seed) => {
      const a = sample(records, 8, seed);
      const { pairs, counts } = joined(table, a, a);
      expect([...pairs].sort()).toEqual(pairsByDefinition(table, a, a).sort());
      expect(counts.candidates).toBe(pairs.length);
    }));
  });

  it('of some rows is that of all rows, without the others', () => {
    const [a, b] = [sample(30, 8, 1), sample(30, 8, 2)];
    const among = [0, 3, 4, 9, 17, 29];
    const table: BlockingTable = { kind: 'equal', segment: 0 };
    expect(joined(table, a, b, 1e6, Uint32Array.from(among)).pairs.sort())
      .toEqual(pairsByDefinition(table, a, b, among).sort());
  });

  it('reads rows of a length that no word fits', () => {
    const table: BlockingTable = { kind: 'equal', segment: 0 };
    const [a, b] = [sample(30, 3, 5), sample(30, 3, 6)];
    expect(joined(table, a, b).pairs.sort()).toEqual(pairsByDefinition(table, a, b).sort());
  });

  it('hands a bucket above the limit over whole, and counts its pairs', () => {
    const [filter] = sample(1, 8, 1).rows.map(() => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const same = (records: number): Sample => ({
      rows: Array<Uint8Array>(records).fill(filter),
      segment: {
        records, rowBytes: 8, weights: new Uint16Array(records).fill(13),
        filters: Uint8Array.from(Array<Uint8Array>(records).fill(filter).flatMap((row) => Array.from(row))),
      },
    });
    const table: BlockingTable = { kind: 'equal', segment: 0 };
    const [a, b] = [same(4), same(3)];
    expect(joined(table, a, b, 12).pairs).toHaveLength(12);
    expect(joined(table, a, b, 11)).toMatchObject(
      { pairs: [], oversized: ['0,1,2,3 0,1,2'], counts: { candidates: 0, oversizedPairs: 12 } });
    expect(joined(table, a, a, 5).counts).toMatchObject({ candidates: 0, oversizedPairs: 6 });
  });
});
