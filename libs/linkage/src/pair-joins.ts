import { seededRandom, type PlannedRegisters, type TablePlan } from '#libs/block';
import type { ComparedPairs } from '#libs/compare';
import { CappedPairs, firstOfEachRecord, type CandidateCap } from './capped-pairs.js';
import type { Compute, PlacelessTask } from './compute.js';
import type { CountingTask } from './counting-task.js';

/** Pairs in the join of sampled rows with all rows, which planning rests on: this share of all … */
const JOINED_SHARE = 0.005;
/** … at least this many … */
const LEAST_JOINED_PAIRS = 1e7;
/** … and at most this share of the rows. */
const MOST_JOINED_ROWS = 0.25;
/** Comparisons of one task: small enough to show progress, large enough to be worth posting. */
const PAIRS_IN_TASK = 3e7;
/** Sampled tables of one task; fixed, so that the result does not depend on the number of threads. */
const TABLES_IN_TASK = 8;

export interface JoinedRows {
  /** Of all pairs that were compared, by vector. */
  readonly counts: Float64Array;
  /** Row of A, row of B and vector in turn: the wanted pairs for which their row had room. */
  readonly kept: Uint32Array;
  /** The wanted pairs for which it had not, by vector. */
  readonly cut: Float64Array;
}

export interface JoinedSample extends JoinedRows {
  /** How many rows of A are joined. */
  readonly rows: number;
  /** What a pair of the sample stands for. */
  readonly scale: number;
}

export function registersOf({ filters, a, b }: CountingTask): PlannedRegisters {
  const { extracts } = filters;
  return { recordsOfA: extracts[a].records, recordsOfB: extracts[b].records, within: a === b };
}

/** Compares every pair of the registers and keeps the wanted ones for which both records have room. */
export async function joinAllRows(
  task: CountingTask, compute: Compute, keep: Uint8Array, cap: CandidateCap,
  report: (fraction: number) => void,
): Promise<JoinedRows> {
  const { recordsOfA, within } = registersOf(task);
  const joined = await joinRows(
    task, compute, allRows(recordsOfA), within ? 'later' : 'all', keep, cap, report);
  return { ...joined, kept: withRoomInB(task, joined.kept, cap, joined.cut) };
}

/** Compares random rows of A with all of B, `mostPairs` pairs at most. */
export async function joinSample(
  task: CountingTask, compute: Compute, keep: Uint8Array, cap: CandidateCap, mostPairs: number,
  report: (fraction: number) => void,
): Promise<JoinedSample> {
  const rows = sampledRows(task, mostPairs);
  const { recordsOfA, within } = registersOf(task);
  const joined = await joinRows(task, compute, rows, within ? 'others' : 'all', keep, cap, report);
  // Within a register each pair is met from both sides.
  return { ...joined, rows: rows.length, scale: recordsOfA / rows.length / (within ? 2 : 1) };
}

/** Counts of vectors only: of all pairs within a register, or of `mostPairs` of them. */
export async function countPairsWithin(
  task: CountingTask, compute: Compute, mostPairs: number | null, report: (fraction: number) => void,
): Promise<Float64Array> {
  const { vectors } = task.scheme;
  const none = new Uint8Array(vectors);
  const cap = { most: 1, places: new Uint32Array(vectors) };
  const rows = mostPairs === null ? allRows(registersOf(task).recordsOfA) : sampledRows(task, mostPairs);
  const against = mostPairs === null ? 'later' : 'others';
  return (await joinRows(task, compute, rows, against, none, cap, report)).counts;
}

/** The pairs of some rows of A with all rows of B whose vector is in `keep`. */
export async function pairsOfRows(
  task: CountingTask, compute: Compute, rows: Uint32Array, keep: Uint8Array,
): Promise<ComparedPairs> {
  const against = task.a === task.b ? 'others' : 'all';
  const noCap = { most: 2 ** 32, places: new Uint32Array(task.scheme.vectors) };
  return columnsOf((await joinRows(task, compute, rows, against, keep, noCap, () => undefined)).kept);
}

/** Columns of pairs that are row of A, row of B and vector in turn. */
export function columnsOf(rows: Uint32Array): ComparedPairs {
  const length = rows.length / 3;
  const column = (c: number): Uint32Array => {
    const values = new Uint32Array(length);
    for (let k = 0; k < length; k++) values[k] = rows[3 * k + c];
    return values;
  };
  return { length, rowsOfA: column(0), rowsOfB: column(1), vectors: column(2) };
}

async function joinRows(
  task: CountingTask, compute: Compute, rows: Uint32Array, against: 'all' | 'others' | 'later',
  keep: Uint8Array, cap: CandidateCap, report: (fraction: number) => void,
): Promise<JoinedRows> {
  const step = rowsInTask(task.filters.extracts[task.b].records, task.pairsInTask);
  const tasks: PlacelessTask[] = [];
  for (let start = 0; start < rows.length; start += step) {
    tasks.push({ ...placed(task), kind: 'rows', rows: rows.slice(start, start + step), against, keep, cap });
  }
  const counts = new Float64Array(task.scheme.vectors);
  const cut = counts.slice();
  const kept: Uint32Array[] = [];
  for await (const result of compute.results(tasks)) {
    for (let v = 0; v < counts.length; v++) counts[v] += result.counts[v];
    for (let v = 0; v < counts.length; v++) cut[v] += result.cut[v];
    kept.push(result.kept);
    report(kept.length / tasks.length);
  }
  return { counts, kept: concatenated(kept), cut };
}

/** Rows of A in each task of a join; the last has what is left. */
function rowsInTask(recordsOfB: number, pairsInTask = PAIRS_IN_TASK): number {
  return Math.max(1, Math.ceil(pairsInTask / recordsOfB));
}

/** Comparisons of each task of a join of so many rows of A with so many of B, of `pairs` pairs in all. */
export function comparisonsOfTasks(rows: number, recordsOfB: number, pairs: number): number[] {
  const step = rowsInTask(recordsOfB);
  return Array.from({ length: Math.ceil(rows / step) }, (_, t) =>
    (Math.min(step, rows - t * step) / rows) * pairs);
}

interface JoinedTables {
  /** Row of A, row of B and vector in turn: the wanted pairs for which both records had room. */
  readonly kept: Uint32Array;
  /** Wanted pairs for which they had not; one that collides in several tables may count several times. */
  readonly cutCandidates: number;
  readonly comparisons: number;
  readonly cutPairs: number;
}

/** Compares the pairs that collide in the tables of a plan. */
export async function joinTables(
  task: CountingTask, compute: Compute, plan: TablePlan, keep: Uint8Array, cap: CandidateCap,
  report: (fraction: number) => void,
): Promise<JoinedTables> {
  const tasks = tableGroups(plan.tables).map((tables) => tablesTask(task, tables, keep, cap));
  const kept = new CappedPairs(cap, false);
  let [comparisons, cutPairs, done] = [0, 0, 0];
  for await (const result of compute.results(tasks)) {
    kept.add(result.kept);
    for (let v = 0; v < kept.cut.length; v++) kept.cut[v] += result.cut[v];
    comparisons += result.comparisons;
    cutPairs += result.cutPairs;
    report(++done / tasks.length);
  }
  const rows = withRoomInB(task, kept.rows(), cap, kept.cut);
  return { kept: rows, comparisons, cutPairs, cutCandidates: kept.cut.reduce((sum, one) => sum + one, 0) };
}

export function tablesTask(
  task: CountingTask, tables: TablePlan['tables'], keep: Uint8Array, cap: CandidateCap,
): PlacelessTask {
  const { maxPairsInBucket } = task.blocking;
  return { ...placed(task), kind: 'tables', tables, maxPairsInBucket, keep, cap };
}

/** The tables of each task, or what stands for them in the same order. */
export function tableGroups<Table extends { readonly kind: TablePlan['tables'][number]['kind'] }>(
  tables: readonly Table[],
): Table[][] {
  const groups = tables.filter(({ kind }) => kind !== 'sampled').map((table) => [table]);
  const sampled = tables.filter(({ kind }) => kind === 'sampled');
  for (let t = 0; t < sampled.length; t += TABLES_IN_TASK) groups.push(sampled.slice(t, t + TABLES_IN_TASK));
  return groups;
}

/** Rows of A have thrown out what they have no room for; now those of B do, within a register every row. */
function withRoomInB(
  { a, b }: CountingTask, rows: Uint32Array, cap: CandidateCap, cut: Float64Array,
): Uint32Array {
  return firstOfEachRecord(rows, a === b ? 'either' : 'b', cap, cut);
}

function placed({ a, b, scheme }: CountingTask): Pick<CountingTask, 'a' | 'b' | 'scheme'> {
  return { a, b, scheme };
}

function allRows(records: number): Uint32Array {
  return Uint32Array.from({ length: records }, (_, row) => row);
}

export function rowsToSample({ recordsOfA, recordsOfB }: PlannedRegisters, mostPairs: number): number {
  const pairs = Math.min(
    mostPairs, Math.max(LEAST_JOINED_PAIRS, JOINED_SHARE * recordsOfA * recordsOfB));
  return Math.min(Math.ceil(pairs / recordsOfB), Math.ceil(MOST_JOINED_ROWS * recordsOfA));
}

/** Random rows of A, each at most once, ascending. */
function sampledRows(task: CountingTask, mostPairs: number): Uint32Array {
  const { recordsOfA } = registersOf(task);
  const wanted = rowsToSample(registersOf(task), mostPairs);
  const random = seededRandom(task.seed + 3);
  const rows = new Set<number>();
  while (rows.size < wanted) rows.add(Math.floor(random() * recordsOfA));
  return Uint32Array.from(rows).sort();
}

function concatenated(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
