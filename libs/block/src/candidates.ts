import type { EncodedExtract } from '#libs/record';
import type { BlockingPlan, BlockingSpec, BlockingTable } from './blocking-plan.js';

/** What candidate generation did; filled while the candidates are drawn. */
export interface CandidateCounts {
  /** Distinct candidate pairs. */
  candidates: number;
  /** Pairs in buckets that were cut for their size. A pair may have been found elsewhere. */
  cutPairs: number;
}

/** Pairs in one batch: row of A and row of B in turn. */
const BATCH_PAIRS = 16384;

/**
 * Draws the candidates of a `hamming-lsh` plan, each pair once (in the first table in which its keys
 * collide), never storing them. Within one extract (`a === b`) rows come with i < j.
 */
export function* candidates(
  a: EncodedExtract, b: EncodedExtract, plan: BlockingPlan & { kind: 'hamming-lsh' },
  spec: BlockingSpec, counts: CandidateCounts,
): Generator<Uint32Array> {
  const keysA = blockingKeys(a, plan.tables);
  const keysB = a === b ? keysA : blockingKeys(b, plan.tables);
  const cut = plan.tables.map(() => new Set<number>());
  const batch = new Uint32Array(2 * BATCH_PAIRS);
  let filled = 0;
  for (let table = 0; table < plan.tables.length; table++) {
    for (const { key, rowsOfA, rowsOfB } of buckets(keysA, keysB, plan.tables.length, table)) {
      const pairs = a === b ? (rowsOfA.length * (rowsOfA.length - 1)) / 2 : rowsOfA.length * rowsOfB.length;
      if (pairs > spec.maxPairsInBucket) {
        counts.cutPairs += pairs;
        cut[table].add(key);
        continue;
      }
      for (const i of rowsOfA) {
        for (const j of rowsOfB) {
          if ((a === b && i >= j) || foundEarlier(keysA, keysB, cut, table, i, j)) continue;
          batch[filled++] = i;
          batch[filled++] = j;
          counts.candidates++;
          if (filled === batch.length) {
            yield batch;
            filled = 0;
          }
        }
      }
    }
  }
  if (filled > 0) yield batch.subarray(0, filled);
}

/**
 * Keys of every table, record after record: `keys[row * tables + table]`. Two records' keys lie in two runs
 * of memory, so that looking for an earlier collision is one pass over both.
 */
type BlockingKeys = Uint32Array;

/** Key of a record whose segment is missing: it is in no bucket. */
const MISSING_KEY = 0;

interface Bucket {
  readonly key: number;
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
}

function foundEarlier(
  keysA: BlockingKeys, keysB: BlockingKeys, cut: readonly Set<number>[], table: number, i: number, j: number,
): boolean {
  const ofA = i * cut.length;
  const ofB = j * cut.length;
  for (let t = 0; t < table; t++) {
    const key = keysA[ofA + t];
    if (key === keysB[ofB + t] && key !== MISSING_KEY && !cut[t].has(key)) return true;
  }
  return false;
}

/** The buckets of one table that hold records of both sides, by key; rows ascending. */
function* buckets(
  keysA: BlockingKeys, keysB: BlockingKeys, tables: number, table: number,
): Generator<Bucket> {
  const rowsA = rowsByKey(keysA, tables, table);
  const rowsB = keysA === keysB ? rowsA : rowsByKey(keysB, tables, table);
  let atA = 0;
  let atB = 0;
  while (atA < rowsA.length && atB < rowsB.length) {
    const keyA = keysA[rowsA[atA] * tables + table];
    const keyB = keysB[rowsB[atB] * tables + table];
    const endA = keyA <= keyB ? endOfRun(keysA, rowsA, tables, table, atA) : atA;
    const endB = keyB <= keyA ? endOfRun(keysB, rowsB, tables, table, atB) : atB;
    if (keyA === keyB) {
      yield { key: keyA, rowsOfA: rowsA.subarray(atA, endA), rowsOfB: rowsB.subarray(atB, endB) };
    }
    atA = endA;
    atB = endB;
  }
}

function endOfRun(
  keys: BlockingKeys, rows: Uint32Array, tables: number, table: number, start: number,
): number {
  const key = keys[rows[start] * tables + table];
  let end = start + 1;
  while (end < rows.length && keys[rows[end] * tables + table] === key) end++;
  return end;
}

function blockingKeys(extract: EncodedExtract, tables: readonly BlockingTable[]): BlockingKeys {
  const keys = new Uint32Array(extract.records * tables.length);
  extract.segments.forEach(({ bits, filters }, segment) => {
    const own = Array.from(tables.keys()).filter((table) => tables[table].segment === segment);
    const bytes = bits / 8;
    for (let row = 0; row < extract.records; row++) {
      const start = row * bytes;
      if (isMissing(filters, start, bytes)) continue;
      for (const t of own) {
        const table = tables[t];
        keys[row * tables.length + t] = table.kind === 'equal'
          ? Math.max(MISSING_KEY + 1, hashOfBytes(filters, start, bytes))
          : MISSING_KEY + 1 + sampledBits(filters, start, table.columns);
      }
    }
  });
  return keys;
}

function isMissing(filters: Uint8Array, start: number, bytes: number): boolean {
  for (let k = start; k < start + bytes; k++) if (filters[k] !== 0) return false;
  return true;
}

/** The bits in the listed columns (most significant first), at most 31 of them: one key means missing. */
function sampledBits(filters: Uint8Array, start: number, columns: Uint16Array): number {
  let key = 0;
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c];
    key = (key << 1) | ((filters[start + (column >> 3)] >> (7 - (column & 7))) & 1);
  }
  return key >>> 0;
}

/**
 * 32-bit hash (the word-wise mixing of MurmurHash3, A. Appleby, public domain). Unequal filters that share
 * a hash become candidates too, and comparison then tells them apart.
 */
function hashOfBytes(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x9747b28c;
  for (let k = start; k < start + length; k++) {
    hash = Math.imul(hash ^ bytes[k], 0xcc9e2d51);
    hash = (hash << 15) | (hash >>> 17);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}

/** Rows that have a key in the table, ordered by key, then row: radix sort, 16 bits at a time. */
function rowsByKey(keys: BlockingKeys, tables: number, table: number): Uint32Array {
  const records = keys.length / tables;
  const column = Uint32Array.from({ length: records }, (_, row) => keys[row * tables + table]);
  const count = column.reduce((sum, key) => sum + Number(key !== MISSING_KEY), 0);
  let rows = new Uint32Array(count);
  for (let row = 0, at = 0; row < records; row++) if (column[row] !== MISSING_KEY) rows[at++] = row;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65537);
    for (const row of rows) starts[((column[row] >>> shift) & 0xffff) + 1]++;
    for (let digit = 0; digit < 65536; digit++) starts[digit + 1] += starts[digit];
    const sorted = new Uint32Array(count);
    for (const row of rows) sorted[starts[(column[row] >>> shift) & 0xffff]++] = row;
    rows = sorted;
  }
  return rows;
}
