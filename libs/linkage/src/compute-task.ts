import {
  indexTable, joinBuckets, refinements, type BlockedSegment, type BlockingTable, type SampledTable,
} from '#libs/block';
import {
  measureLikeness, ROW_TILE, SharedKernel, wasmCandidateKernel,
  type CandidateKernel, type ComparisonScheme, type OversizedBucket, type SharedFilters,
} from '#libs/compare';
import { CappedPairs, PairColumns, type CandidateCap } from './capped-pairs.js';

/** Two extracts of a shared memory (the same one twice for pairs within it), and what is wanted of them. */
interface TaskBase {
  readonly filters: SharedFilters;
  /** Which workspace the task may use while it runs. */
  readonly workspace: number;
  readonly a: number;
  readonly b: number;
  readonly scheme: ComparisonScheme;
  /** 1 for the vectors whose pairs are wanted. */
  readonly keep: Uint8Array;
}

/** Compares each listed row of A with every row of B: all, all others (j != i), or later ones (j > i). */
export interface RowsTask extends TaskBase {
  readonly kind: 'rows';
  readonly rows: Uint32Array;
  readonly against: 'all' | 'others' | 'later';
  /** Of the wanted pairs, how many a row keeps. */
  readonly cap: CandidateCap;
}

/** Compares the listed pairs: row of A and row of B in turn. */
export interface PairsTask extends TaskBase {
  readonly kind: 'pairs';
  readonly pairs: Uint32Array;
}

/** Compares the pairs that collide in some tables. */
export interface TablesTask extends TaskBase {
  readonly kind: 'tables';
  readonly tables: readonly BlockingTable[];
  readonly maxPairsInBucket: number;
  /** Of the wanted pairs, how many a row of A keeps. */
  readonly cap: CandidateCap;
}

/** Measures how alike rows of an extract are to references; the shared memory holds what comes out. */
export interface ScalingTask {
  readonly kind: 'scaling';
  readonly filters: SharedFilters;
  readonly workspace: number;
  readonly extract: number;
  readonly from: number;
  readonly to: number;
  /** How many there are. */
  readonly references: number;
}

/** A piece of a run that any thread can do: it depends on nothing but itself. */
export type ComputeTask = RowsTask | PairsTask | TablesTask | ScalingTask;

export interface ComputeResult {
  /** Comparisons by vector; a pair that collides in several tables counts several times. */
  readonly counts: Float64Array;
  /** The wanted pairs, each once: row of A, row of B and vector in turn. */
  readonly kept: Uint32Array;
  /** Wanted pairs beyond what a row of A keeps, by vector; empty where nothing is cut. */
  readonly cut: Float64Array;
  readonly comparisons: number;
  /** Pairs that shared a bucket that was too large, and were not compared there. */
  readonly cutPairs: number;
}

/** Threads that do tasks. What they do does not depend on how many they are. */
export interface ComputeThreads {
  /** Tasks at a time, at least 1. */
  readonly threads: number;
  /** Name of the kernel with which they compare: for the manifest, results do not depend on it. */
  readonly kernel: string;
  /** Is shown the memory of a run before anything is written to it. */
  readonly prepare?: (memory: SharedArrayBuffer) => void;
  /** Runs `performTask` to its end in a thread. Rejects when the thread fails. */
  run(task: ComputeTask): Promise<ComputeResult>;
}

/** Does a task. Yields every few milliseconds, so that a caller without threads can give way to others. */
export function* performTask(
  task: ComputeTask, form: CandidateKernel = wasmCandidateKernel,
): Generator<void, ComputeResult> {
  if (task.kind === 'scaling') return yield* compareWithReferences(task, form);
  const kernel = new SharedKernel(task.filters, task.workspace, task.a, task.b, task.scheme, task.keep, form);
  const counts = new Float64Array(task.scheme.vectors);
  if (task.kind === 'tables') return yield* compareTables(task, kernel, counts);
  const found = task.kind === 'rows' ? yield* compareRows(task, kernel) : yield* comparePairs(task, kernel);
  kernel.takeCounts(counts);
  return {
    counts, ...found, comparisons: counts.reduce((sum, count) => sum + count, 0), cutPairs: 0,
  };
}

const NOTHING = new Float64Array(0);

/** Comparisons between two yields. */
const COMPARISONS_A_STEP = 1 << 19;

function* compareWithReferences(
  { filters, workspace, extract, from, to, references }: ScalingTask, form: CandidateKernel,
): Generator<void, ComputeResult> {
  const step = Math.ceil(COMPARISONS_A_STEP / references);
  for (let row = from; row < to; row += step) {
    measureLikeness(filters, workspace, extract, row, Math.min(to, row + step), references, form);
    yield;
  }
  return {
    counts: NOTHING, kept: new Uint32Array(0), cut: NOTHING,
    comparisons: (to - from) * references, cutPairs: 0,
  };
}

type FoundPairs = Pick<ComputeResult, 'kept' | 'cut'>;

function* compareRows(task: RowsTask, kernel: SharedKernel): Generator<void, FoundPairs> {
  const kept = new CappedPairs(task.cap, true);
  const records = task.filters.extracts[task.b].records;
  let sinceYield = 0;
  // Tile by tile: the rows of B stay in the cache for all rows of A.
  for (let from = 0; from < records; from += ROW_TILE) {
    const to = Math.min(from + ROW_TILE, records);
    for (const i of task.rows) {
      for (const [start, end] of rangesAgainst(task.against, i, from, to)) {
        if (start < end) kept.add(kernel.verifyRow(i, start, end));
      }
      sinceYield += to - from;
      if (sinceYield < COMPARISONS_A_STEP) continue;
      sinceYield = 0;
      yield;
    }
  }
  return { kept: kept.rows().slice(), cut: kept.cut };
}

function rangesAgainst(
  against: RowsTask['against'], i: number, from: number, to: number,
): readonly (readonly [number, number])[] {
  if (against === 'all' || (against === 'others' && (i < from || i >= to))) return [[from, to]];
  if (against === 'later') return [[Math.max(from, i + 1), to]];
  return [[from, i], [i + 1, to]];
}

function* comparePairs(task: PairsTask, kernel: SharedKernel): Generator<void, FoundPairs> {
  const kept = new PairColumns();
  for (let at = 0; at < task.pairs.length; at += kernel.pairs.length) {
    const batch = task.pairs.subarray(at, at + kernel.pairs.length);
    kernel.pairs.set(batch);
    kept.add(kernel.verifyPairs(batch.length / 2));
    yield;
  }
  return { kept: kept.rows().slice(), cut: NOTHING };
}

function* compareTables(
  task: TablesTask, kernel: SharedKernel, counts: Float64Array,
): Generator<void, ComputeResult> {
  const seen = new CappedPairs(task.cap, false);
  let comparisons = 0;
  let cutPairs = 0;
  for (const table of task.tables) {
    const take = (length: number): void => {
      comparisons += length;
      seen.add(kernel.verifyPairs(length));
    };
    cutPairs += table.kind === 'sampled'
      ? yield* compareNear(task, table, kernel, take)
      : yield* compareEqual(task, table, kernel, take);
    kernel.takeCounts(counts);
  }
  return { counts, kept: seen.rows().slice(), cut: seen.cut, comparisons, cutPairs };
}

/** Both return the pairs that were cut. */
function* compareEqual(
  task: TablesTask, table: BlockingTable, kernel: SharedKernel, take: (pairs: number) => void,
): Generator<void, number> {
  const { segment } = table;
  const within = task.a === task.b;
  const a = indexTable(table, blockedSegment(task.filters, task.a, segment));
  yield;
  const b = within ? a : indexTable(table, blockedSegment(task.filters, task.b, segment));
  yield;
  const oversized: OversizedBucket[] = [];
  const join = { within, maxPairsInBucket: task.maxPairsInBucket, batch: kernel.pairs, take };
  yield* joinBuckets(a, b, {
    ...join, oversized: (rowsOfA, rowsOfB) => oversized.push({ rowsOfA, rowsOfB }),
  });
  return yield* joinOversized(task, table, oversized, join);
}

function* compareNear(
  task: TablesTask, table: SampledTable, kernel: SharedKernel, take: (pairs: number) => void,
): Generator<void, number> {
  kernel.index('a', table.segment, table.columns);
  yield;
  if (task.a !== task.b) kernel.index('b', table.segment, table.columns);
  yield;
  const search = kernel.searchNear(table, task.maxPairsInBucket);
  const oversized: OversizedBucket[] = [];
  while (!search.done) {
    take(search.next());
    if (search.oversized) oversized.push(search.oversized);
    yield;
  }
  return yield* joinOversized(task, table, oversized, {
    within: task.a === task.b, maxPairsInBucket: task.maxPairsInBucket, batch: kernel.pairs,
    take: (pairs) => take(kernel.keepNear(pairs, table)),
  });
}

type Join = Omit<Parameters<typeof joinBuckets>[2], 'oversized'>;

/** Joins buckets that are too large by a second key; returns the pairs of the buckets that remain cut. */
function* joinOversized(
  task: TablesTask, table: BlockingTable, buckets: readonly OversizedBucket[], join: Join,
): Generator<void, number> {
  let cut = 0;
  for (const { rowsOfA, rowsOfB } of buckets) {
    let joined = 0;
    for (const second of refinements(table, task.scheme.segments.length)) {
      const a = indexTable(second, blockedSegment(task.filters, task.a, second.segment), rowsOfA);
      const b = join.within
        ? a : indexTable(second, blockedSegment(task.filters, task.b, second.segment), rowsOfB);
      const { candidates } = yield* joinBuckets(a, b, { ...join, oversized: () => undefined });
      joined = Math.max(joined, candidates);
    }
    const pairs = join.within ? (rowsOfA.length * (rowsOfA.length - 1)) / 2 : rowsOfA.length * rowsOfB.length;
    cut += pairs - joined;
  }
  return cut;
}

/** A segment of an extract as the tables read it. */
export function blockedSegment(
  { memory, extracts }: SharedFilters, extract: number, segment: number,
): BlockedSegment {
  const { records, segments } = extracts[extract];
  const place = segments[segment];
  const { rowBytes } = place;
  return {
    records, rowBytes, filters: new Uint8Array(memory.buffer, place.filters, records * rowBytes),
    weights: new Uint16Array(memory.buffer, place.weights, records),
    ...(place.block ? {} : { hashes: new Uint32Array(memory.buffer, place.hashes, records) }),
  };
}
