import type { BlockedSegment } from './blocked-segment.js';
import type { KeyedTable } from './blocking-table.js';
import { endOfRun } from './bucket-join.js';
import { indexTable, type TableIndex } from './table-index.js';

/** What the keys of one rule would give. */
export interface KeyedEvidence {
  readonly table: KeyedTable;
  /** Pairs of the registers that share a key, in buckets that are not too large. */
  readonly pairs: number;
  /** 1 for each likely match of the sample that does. */
  readonly found: Uint8Array;
}

/**
 * Counts, exactly, the pairs that share a key; keys are known before any pair is compared, so nothing has to
 * be estimated. A bucket of more than `maxPairsInBucket` pairs counts as nothing: what remains of it when it
 * is split is not known.
 *
 * @param b the same object as `a` for pairs within one register.
 * @param matches likely matches, row of A and row of B in turn.
 */
export function keyedEvidence(
  table: KeyedTable, a: BlockedSegment, b: BlockedSegment, matches: Uint32Array, maxPairsInBucket: number,
): KeyedEvidence {
  const within = a === b;
  const indexA = indexTable(table, a);
  const indexB = within ? indexA : indexTable(table, b);
  const { pairs, oversized } = countBuckets(indexA, indexB, within, maxPairsInBucket);
  const keyOfA = keysOf(table, a, matches, 0);
  const keyOfB = keysOf(table, b, matches, 1);
  const found = Uint8Array.from({ length: matches.length / 2 }, (_, m) => {
    const key = keyOfA.get(matches[2 * m]);
    if (key === undefined || key !== keyOfB.get(matches[2 * m + 1])) return 0;
    return Number(!oversized.has(key));
  });
  return { table, pairs, found };
}

interface BucketSizes {
  /** In buckets within the limit. */
  readonly pairs: number;
  /** Keys of the others. */
  readonly oversized: ReadonlySet<number>;
}

function countBuckets(a: TableIndex, b: TableIndex, within: boolean, maxPairsInBucket: number): BucketSizes {
  const oversized = new Set<number>();
  let pairs = 0;
  let atB = 0;
  for (let atA = 0; atA < a.keys.length;) {
    const key = a.keys[atA];
    const endA = endOfRun(a.keys, atA);
    while (atB < b.keys.length && b.keys[atB] < key) atB = endOfRun(b.keys, atB);
    if (atB < b.keys.length && b.keys[atB] === key) {
      const [ofA, ofB] = [endA - atA, endOfRun(b.keys, atB) - atB];
      const size = within ? (ofA * (ofA - 1)) / 2 : ofA * ofB;
      if (size <= maxPairsInBucket) pairs += size;
      else oversized.add(key);
    }
    atA = endA;
  }
  return { pairs, oversized };
}

/** Keys of the rows on one side of the matches, of those that have one. */
function keysOf(
  table: KeyedTable, segment: BlockedSegment, matches: Uint32Array, side: 0 | 1,
): Map<number, number> {
  const rows = Uint32Array.from(new Set(matches.filter((_, k) => k % 2 === side))).sort();
  const { rows: present, keys } = indexTable(table, segment, rows);
  return new Map(Array.from(present, (row, k) => [row, keys[k]]));
}
