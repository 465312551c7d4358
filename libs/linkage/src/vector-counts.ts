import {
  allPairs, exhaustiveIsCheaper, randomPairs, seededRandom, segmentCandidateProbability,
  type BlockingPlan, type PlannedRegisters, type TablePlan,
} from '#libs/block';
import {
  levelsOfVector, missingLevel, type ComparedPairs, type SegmentLevels, type SharedFilters,
} from '#libs/compare';
import { matchWeights, planFromSample } from './blocking-evidence.js';
import type { Compute, PlacelessTask } from './compute.js';
import type { CountingTask } from './counting-task.js';
import { PairSet } from './pair-set.js';
import { byRarity, rareVectors } from './rare-vectors.js';

/** What counting the vectors of two extracts gives. */
export interface VectorCounts {
  readonly plan: BlockingPlan;
  /** Estimated number of pairs with each vector over *all* pairs of the two extracts. */
  readonly counts: Float64Array;
  /** 1 where the count is exact or a good estimate. */
  readonly reliable: Uint8Array;
  /** Probability that a pair with this vector became a candidate. */
  readonly candidateProbability: Float64Array;
  /** Comparisons of candidates; a pair that collides in several tables counts several times. */
  readonly candidates: number;
  readonly cutPairs: number;
  /** 1 for the vectors whose candidates are in `pairs`, whether or not there was one. */
  readonly rare: Uint8Array;
  /** The candidates whose vector is rare among random pairs: the others are no evidence of a match. */
  readonly pairs: ComparedPairs;
}

/** At most about this many pairs a record are followed up, those whose similarity is rarest first … */
const MOST_PAIRS_PER_RECORD = 30;
/** … in large registers fewer, once there are a million: scoring goes over all of them many times … */
const ENOUGH_PAIRS = 1e6;
const FEWER_PAIRS_PER_RECORD = 4;
/** … and at most this many in all: they are held in memory, with their probabilities. */
const MOST_PAIRS = 6e6;
/** A sampled count is a good estimate from this many sampled pairs on … */
const ENOUGH_SAMPLED = 30;
/** … or where its sampling error is at most this share of the smaller register: matches can be no more. */
const MOST_SAMPLING_ERROR = 0.1;
/** From this probability on, candidates tell how many pairs there are; below, the joined rows do. */
const TRUSTED_PROBABILITY = 0.2;
/** Pairs in the join of sampled rows with all rows, which planning rests on: this share of all … */
const JOINED_SHARE = 0.005;
/** … within these bounds … */
const LEAST_JOINED_PAIRS = 1e7;
const MOST_JOINED_PAIRS = 4e8;
/** … or, of pairs within a register that are counted but not followed up, this; … */
const MOST_PAIRS_WITHIN = 2e8;
/** … and at most this share of the rows. */
const MOST_JOINED_ROWS = 0.25;
/** Pairs kept in that join, as a multiple of those that will be followed up. */
const WIDER = 8;
/** Comparisons of one task: small enough to show progress, large enough to be worth posting. */
const PAIRS_IN_TASK = 3e7;
/** Sampled tables of one task; fixed, so that the result does not depend on the number of threads. */
const TABLES_IN_TASK = 8;

/**
 * Counts vectors over all pairs of two extracts and collects the pairs that may be matches.
 *
 * An exhaustive plan compares every pair. A plan of tables compares those that collide: it sees similar
 * pairs well and the others hardly, so the other vectors are counted in the join of a sample of rows with all
 * rows, and scaled up. A vector whose pairs become candidates with probability p counts 1/p each time
 * (Horvitz and Thompson 1952); p is the plan's, corrected by what became of the sampled pairs.
 */
export async function countVectors(
  task: CountingTask, compute: Compute, report: (fraction: number) => void,
): Promise<VectorCounts> {
  const registers = registersOf(task);
  const sampled = await sampleRandomPairs(task, compute);
  const total = allPairs(registers);
  if (total <= task.blocking.exhaustivePairs) {
    const allowed = pairsToFollow(registers.recordsOfA + registers.recordsOfB);
    return countAll(task, compute, rareVectors(task.scheme, sampled, null, total, allowed), report);
  }
  const { joined, rare, evidence, plan } = await plannedTables(
    task, compute, sampled, MOST_JOINED_PAIRS, (fraction) => report(0.25 * fraction));
  if (task.blocking.exhaustivePairs > 0 && exhaustiveIsCheaper(plan)) {
    return countAll(task, compute, rare, (fraction) => report(0.25 + 0.75 * fraction));
  }
  const tables = await joinTables(task, compute, plan, rare, (fraction) => report(0.25 + 0.75 * fraction));
  const found = observedProbabilities(task, plan, tables.kept, evidence);
  const counts = new Float64Array(task.scheme.vectors);
  const rows = tables.kept.rows();
  for (let k = 2; k < rows.length; k += 3) counts[rows[k]]++;
  const trusted = (v: number): boolean => rare[v] === 1 && found[v] >= TRUSTED_PROBABILITY;
  return {
    plan, rare, candidates: tables.comparisons, cutPairs: tables.cutPairs, candidateProbability: found,
    pairs: columnsOf(rows),
    counts: counts.map((count, v) => (trusted(v) ? count / found[v] : joined.counts[v] * joined.scale)),
    reliable: Uint8Array.from(counts, (_, v) => Number(trusted(v) || wellSampled(joined, v, registers))),
  };
}

interface PlannedTables {
  readonly joined: JoinedSample;
  readonly rare: Uint8Array;
  /** Row of A, row of B and vector in turn: the joined pairs that are rare. */
  readonly evidence: Uint32Array;
  readonly plan: TablePlan;
}

async function plannedTables(
  task: CountingTask, compute: Compute, sampled: Float64Array, mostPairs: number,
  report: (fraction: number) => void,
): Promise<PlannedTables> {
  const registers = registersOf(task);
  const allowed = pairsToFollow(registers.recordsOfA + registers.recordsOfB);
  const total = allPairs(registers);
  const wide = rareVectors(task.scheme, sampled, null, total, WIDER * allowed);
  const joined = await joinSample(task, compute, wide, mostPairs, report);
  const rare = rareVectors(task.scheme, sampled, joined, total, allowed);
  const evidence = keptWith(joined.kept, rare);
  // By chance alone where that is known: in the joined rows a level that matches fill is not rare.
  const order = byRarity(task.scheme, task.knownNonMatches ?? joined.counts);
  const weights = matchWeights(evidence, order, joined.counts, task.knownNonMatches);
  return { joined, rare, evidence, plan: planFromSample(task, registers, evidence, weights, joined.scale) };
}

/** What counting the vectors of two extracts would do. */
export interface PlannedCounting {
  readonly plan: BlockingPlan;
  /** Pairs that are compared before the plan is made: random ones, and a sample of rows with all rows. */
  readonly pairsBefore: number;
}

/** As `countVectors` plans, but from a smaller sample, of at most `mostPairs` pairs; nothing is counted. */
export async function planCounting(
  task: CountingTask, compute: Compute, mostPairs: number,
): Promise<PlannedCounting> {
  const registers = registersOf(task);
  const pairs = allPairs(registers);
  if (pairs <= task.blocking.exhaustivePairs) {
    return { plan: { kind: 'exhaustive', pairs }, pairsBefore: task.sampledPairs };
  }
  const sampled = await sampleRandomPairs(task, compute);
  const { plan } = await plannedTables(task, compute, sampled, mostPairs, () => undefined);
  const pairsBefore = task.sampledPairs + rowsToSample(registers, MOST_JOINED_PAIRS) * registers.recordsOfB;
  const isExhaustive = task.blocking.exhaustivePairs > 0 && exhaustiveIsCheaper(plan);
  return { plan: isExhaustive ? { kind: 'exhaustive', pairs } : plan, pairsBefore };
}

/** Pairs that `countWithin` compares. */
export function pairsWithin(records: number, { exhaustivePairs }: CountingTask['blocking']): number {
  const registers = { recordsOfA: records, recordsOfB: records, within: true };
  const all = allPairs(registers);
  return all <= exhaustivePairs ? all : rowsToSample(registers, MOST_PAIRS_WITHIN) * records;
}

/** Counts of vectors in pairs that are surely non-matches: all of a unique register, or a sample of rows. */
export async function countWithin(
  task: CountingTask, compute: Compute, report: (fraction: number) => void, mostPairs = MOST_PAIRS_WITHIN,
): Promise<Float64Array> {
  const { records } = task.filters.extracts[task.a];
  const none = new Uint8Array(task.scheme.vectors);
  if (allPairs(registersOf(task)) <= Math.min(mostPairs, task.blocking.exhaustivePairs)) {
    return (await joinRows(task, compute, allRows(records), 'later', none, report)).counts;
  }
  return (await joinRows(task, compute, sampledRows(task, mostPairs), 'others', none, report)).counts;
}

/** Pairs of two registers with so many records together that are followed up at most. */
export function pairsToFollow(records: number): number {
  const enough = Math.max(ENOUGH_PAIRS, FEWER_PAIRS_PER_RECORD * records);
  return Math.min(MOST_PAIRS, enough, MOST_PAIRS_PER_RECORD * records);
}

function registersOf({ filters, a, b }: CountingTask): PlannedRegisters {
  const { extracts } = filters;
  return { recordsOfA: extracts[a].records, recordsOfB: extracts[b].records, within: a === b };
}

async function sampleRandomPairs(task: CountingTask, compute: Compute): Promise<Float64Array> {
  const { recordsOfA, recordsOfB, within } = registersOf(task);
  const pairs = randomPairs(recordsOfA, recordsOfB, task.sampledPairs, task.seed, within);
  const keep = new Uint8Array(task.scheme.vectors);
  return (await compute.result({ ...placed(task), kind: 'pairs', pairs, keep })).counts;
}

async function countAll(
  task: CountingTask, compute: Compute, rare: Uint8Array, report: (fraction: number) => void,
): Promise<VectorCounts> {
  const { recordsOfA, within } = registersOf(task);
  const { counts, kept } = await joinRows(
    task, compute, allRows(recordsOfA), within ? 'later' : 'all', rare, report);
  const pairs = allPairs(registersOf(task));
  return {
    plan: { kind: 'exhaustive', pairs }, counts, pairs: columnsOf(kept), rare, candidates: pairs, cutPairs: 0,
    reliable: new Uint8Array(task.scheme.vectors).fill(1),
    candidateProbability: new Float64Array(task.scheme.vectors).fill(1),
  };
}

interface JoinedRows {
  readonly counts: Float64Array;
  /** Row of A, row of B and vector in turn. */
  readonly kept: Uint32Array;
}

interface JoinedSample extends JoinedRows {
  /** What a pair of the sample stands for. */
  readonly scale: number;
}

function wellSampled({ counts, scale }: JoinedSample, v: number, registers: PlannedRegisters): boolean {
  const smaller = Math.min(registers.recordsOfA, registers.recordsOfB);
  return counts[v] >= ENOUGH_SAMPLED || Math.sqrt(counts[v] + 1) * scale <= MOST_SAMPLING_ERROR * smaller;
}

async function joinSample(
  task: CountingTask, compute: Compute, keep: Uint8Array, mostPairs: number,
  report: (fraction: number) => void,
): Promise<JoinedSample> {
  const rows = sampledRows(task, mostPairs);
  const { recordsOfA, within } = registersOf(task);
  const joined = await joinRows(task, compute, rows, within ? 'others' : 'all', keep, report);
  // Within a register each pair is met from both sides.
  return { ...joined, scale: recordsOfA / rows.length / (within ? 2 : 1) };
}

async function joinRows(
  task: CountingTask, compute: Compute, rows: Uint32Array, against: 'all' | 'others' | 'later',
  keep: Uint8Array, report: (fraction: number) => void,
): Promise<JoinedRows> {
  const step = Math.max(1, Math.ceil(PAIRS_IN_TASK / task.filters.extracts[task.b].records));
  const tasks: PlacelessTask[] = [];
  for (let start = 0; start < rows.length; start += step) {
    tasks.push({ ...placed(task), kind: 'rows', rows: rows.slice(start, start + step), against, keep });
  }
  const counts = new Float64Array(task.scheme.vectors);
  const kept: Uint32Array[] = [];
  for await (const result of compute.results(tasks)) {
    for (let v = 0; v < counts.length; v++) counts[v] += result.counts[v];
    kept.push(result.kept);
    report(kept.length / tasks.length);
  }
  return { counts, kept: concatenated(kept) };
}

interface JoinedTables { readonly kept: PairSet; readonly comparisons: number; readonly cutPairs: number }

async function joinTables(
  task: CountingTask, compute: Compute, plan: TablePlan, keep: Uint8Array,
  report: (fraction: number) => void,
): Promise<JoinedTables> {
  const equal = plan.tables.filter(({ kind }) => kind === 'equal').map((table) => [table]);
  const sampled = plan.tables.filter(({ kind }) => kind === 'sampled');
  const groups = [...equal];
  for (let t = 0; t < sampled.length; t += TABLES_IN_TASK) groups.push(sampled.slice(t, t + TABLES_IN_TASK));
  const { maxPairsInBucket } = task.blocking;
  const tasks = groups.map((tables): PlacelessTask => (
    { ...placed(task), kind: 'tables', tables, maxPairsInBucket, keep }));
  const kept = new PairSet();
  let [comparisons, cutPairs, done] = [0, 0, 0];
  for await (const result of compute.results(tasks)) {
    kept.add(result.kept);
    comparisons += result.comparisons;
    cutPairs += result.cutPairs;
    report(++done / tasks.length);
  }
  return { kept, comparisons, cutPairs };
}

function placed({ a, b, scheme }: CountingTask): Pick<CountingTask, 'a' | 'b' | 'scheme'> {
  return { a, b, scheme };
}

function allRows(records: number): Uint32Array {
  return Uint32Array.from({ length: records }, (_, row) => row);
}

function rowsToSample({ recordsOfA, recordsOfB }: PlannedRegisters, mostPairs: number): number {
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

function keptWith(kept: Uint32Array, keep: Uint8Array): Uint32Array {
  const wanted: number[] = [];
  for (let k = 0; k < kept.length; k += 3) {
    if (keep[kept[k + 2]]) wanted.push(kept[k], kept[k + 1], kept[k + 2]);
  }
  return Uint32Array.from(wanted);
}

/** Bins of the plan's probability in which it is compared with what was found; certainty is one more. */
const PROBABILITY_BINS = 10;
/** What is expected of a vector, or a bin, counts as much as this many sampled pairs. */
const PRIOR_PAIRS = 2;

/**
 * Probability of each vector's pairs to be candidates, by what became of the sampled pairs with it: so
 * cut buckets are in it. Vectors with few sampled pairs lean on the plan's probability at the middle of their
 * levels, times how much more or less often sampled pairs with about that probability were found.
 */
function observedProbabilities(
  task: CountingTask, plan: TablePlan, found: PairSet, evidence: Uint32Array,
): Float64Array {
  const planned = plannedProbabilities(task, plan);
  const bin = (v: number): number => Math.floor(planned[v] * PROBABILITY_BINS);
  const expected = new Float64Array(PROBABILITY_BINS + 1).fill(PRIOR_PAIRS);
  const observed = new Float64Array(PROBABILITY_BINS + 1).fill(PRIOR_PAIRS);
  const sampled = new Float64Array(task.scheme.vectors).fill(PRIOR_PAIRS);
  const hits = new Float64Array(task.scheme.vectors);
  for (let k = 0; k < evidence.length; k += 3) {
    const [i, j, v] = [evidence[k], evidence[k + 1], evidence[k + 2]];
    const hit = Number(found.has(i, j) || (task.a === task.b && found.has(j, i)));
    expected[bin(v)] += planned[v];
    observed[bin(v)] += hit;
    sampled[v]++;
    hits[v] += hit;
  }
  return planned.map((p, v) => Math.min(1,
    (hits[v] + (PRIOR_PAIRS * p * observed[bin(v)]) / expected[bin(v)]) / sampled[v]));
}

function plannedProbabilities({ filters, a, b, scheme }: CountingTask, plan: TablePlan): Float64Array {
  const missed = scheme.segments.map((segment, s) => {
    const sumOfWeights = meanWeight(filters, a, s) + meanWeight(filters, b, s);
    const probability = segmentCandidateProbability(plan, s);
    return Array.from({ length: segment.levels }, (_, level) =>
      1 - probability(differingShare(segment, level, sumOfWeights)));
  });
  return Float64Array.from({ length: scheme.vectors }, (_, vector) =>
    1 - levelsOfVector(scheme, vector).reduce((product, level, s) => product * missed[s][level], 1));
}

/** Share of differing columns at the middle of a level: |A| + |B| - 2 |A and B| over the length. */
function differingShare(segment: SegmentLevels, level: number, sumOfWeights: number): number {
  if (level === missingLevel(segment)) return Number.NaN;
  const lower = level === 0 ? segment.cuts[0] * 0.97 : segment.cuts[level - 1];
  const upper = segment.cuts[level] ?? 1;
  return (sumOfWeights * (1 - (lower + upper) / 2)) / segment.bits;
}

/** Mean number of ones of the records that have the segment. */
function meanWeight({ memory, extracts }: SharedFilters, extract: number, s: number): number {
  const { records, segments } = extracts[extract];
  const weights = new Uint16Array(memory.buffer, segments[s].weights, records);
  let [sum, present] = [0, 0];
  for (let row = 0; row < records; row++) {
    sum += weights[row];
    present += Number(weights[row] > 0);
  }
  return sum / Math.max(1, present);
}

function columnsOf(rows: Uint32Array): ComparedPairs {
  const length = rows.length / 3;
  const column = (c: number): Uint32Array => {
    const values = new Uint32Array(length);
    for (let k = 0; k < length; k++) values[k] = rows[3 * k + c];
    return values;
  };
  return { length, rowsOfA: column(0), rowsOfB: column(1), vectors: column(2) };
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
