import {
  allPairs, exhaustiveIsCheaper, randomPairs, type BlockingPlan, type PlannedRegisters, type TablePlan,
} from '#libs/block';
import type { ComparedPairs } from '#libs/compare';
import { planFromSample } from './blocking-evidence.js';
import { filterProbabilities, observedProbabilities, plannedProbabilities } from './candidate-probability.js';
import { firstOfEachRecord, type CandidateCap } from './capped-pairs.js';
import type { Compute } from './compute.js';
import type { CountingTask, JoinEvidence, PlannedTask } from './counting-task.js';
import { ofMatches } from './keyed-agreement.js';
import {
  columnsOf, countPairsWithin, joinAllRows, joinSample, joinTables, registersOf, rowsToSample,
  type JoinedSample,
} from './pair-joins.js';
import { byRarity, rareVectors } from './rare-vectors.js';

/** What counting the vectors of two extracts gives. */
export interface VectorCounts {
  readonly plan: BlockingPlan;
  /** Estimated number of pairs with each vector over *all* pairs of the two extracts. */
  readonly counts: Float64Array;
  /** 1 where the count is exact or a good estimate. */
  readonly reliable: Uint8Array;
  /** Probability that a match with this vector became a candidate. */
  readonly candidateProbability: Float64Array;
  /** Comparisons of candidates; a pair that collides in several tables counts several times. */
  readonly candidates: number;
  readonly cutPairs: number;
  /** Candidates with a rare vector for which a record had no room; some may count several times. */
  readonly cutCandidates: number;
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
/** Pairs in the join of sampled rows with all rows, which planning rests on, at most; … */
const MOST_JOINED_PAIRS = 4e8;
/** … or, of pairs within a register that are counted but not followed up. */
const MOST_PAIRS_WITHIN = 2e8;
/** Pairs kept in that join, as a multiple of those that will be followed up. */
const WIDER = 8;
/** … and of a row of it, as a multiple of those for which it has room. */
const WIDER_ROOM = 10;

/**
 * Counts vectors over all pairs of two extracts and collects the pairs that may be matches.
 *
 * An exhaustive plan compares every pair. A plan of tables compares those that collide: it sees similar
 * pairs well and the others hardly, so the other vectors are counted in the join of a sample of rows with all
 * rows, and scaled up. A vector whose pairs become candidates with probability p counts 1/p each time
 * (Horvitz and Thompson 1952); p is the plan's, corrected by what became of the sampled pairs. A record
 * that is like too many others keeps the candidates that are rarest by chance; the rest are counted as cut.
 */
export async function countVectors(
  task: PlannedTask, compute: Compute, report: (fraction: number) => void,
): Promise<VectorCounts> {
  const registers = registersOf(task);
  const sampled = await sampleRandomPairs(task, compute);
  const cap = capOf(task, sampled);
  const total = allPairs(registers);
  if (total <= task.blocking.exhaustivePairs) {
    const allowed = pairsToFollow(registers.recordsOfA + registers.recordsOfB);
    return countAll(task, compute, rareVectors(task.scheme, sampled, null, total, allowed), cap, report);
  }
  const { joined, evidence, probabilities, plan } = await plannedTables(
    task, compute, sampled, MOST_JOINED_PAIRS, (fraction) => report(0.25 * fraction));
  const { rare } = evidence;
  const reportRest = (fraction: number): void => report(0.25 + 0.75 * fraction);
  if (task.blocking.exhaustivePairs > 0 && exhaustiveIsCheaper(plan)) {
    return countAll(task, compute, rare, cap, reportRest);
  }
  const { kept, comparisons, cutPairs, cutCandidates } = await joinTables(
    task, compute, plan, rare, cap, reportRest);
  const found = observedProbabilities(task, plan, kept, evidence.pairs);
  const counts = new Float64Array(task.scheme.vectors);
  for (let k = 2; k < kept.length; k += 3) counts[kept[k]]++;
  const trusted = (v: number): boolean => rare[v] === 1 && found[v] >= TRUSTED_PROBABILITY;
  return {
    plan, rare, candidates: comparisons, cutPairs, cutCandidates,
    candidateProbability: ofMatches(
      task, plan, evidence.pairs, probabilities, found, () => filterProbabilities(task, plan)),
    pairs: columnsOf(kept),
    counts: counts.map((count, v) => (trusted(v) ? count / found[v] : evidence.counts[v])),
    reliable: Uint8Array.from(counts, (_, v) => Number(trusted(v) || wellSampled(joined, v, registers))),
  };
}

/** Records keep the candidates that are rarest by chance. */
function capOf(
  { scheme, knownNonMatches, blocking: { maxCandidatesOfRecord: most } }: PlannedTask,
  sampled: Float64Array,
): CandidateCap {
  const places = new Uint32Array(scheme.vectors);
  byRarity(scheme, knownNonMatches ?? sampled).forEach((vector, place) => { places[vector] = place; });
  return { most, places };
}

interface PlannedTables {
  readonly joined: JoinedSample;
  readonly evidence: JoinEvidence;
  /** Of each of its pairs, to be a match. */
  readonly probabilities: Float64Array;
  readonly plan: TablePlan;
}

async function plannedTables(
  task: PlannedTask, compute: Compute, sampled: Float64Array, mostPairs: number,
  report: (fraction: number) => void,
): Promise<PlannedTables> {
  const registers = registersOf(task);
  const allowed = pairsToFollow(registers.recordsOfA + registers.recordsOfB);
  const total = allPairs(registers);
  const wide = rareVectors(task.scheme, sampled, null, total, WIDER * allowed);
  const cap = capOf(task, sampled);
  // What a record has no room for is evidence of that too.
  const wider = { ...cap, most: WIDER_ROOM * cap.most };
  const joined = await joinSample(task, compute, wide, wider, mostPairs, report);
  const { scale, rows } = joined;
  const rare = rareVectors(task.scheme, sampled, joined, total, allowed);
  const evidence = {
    scale, rows, rare, pairs: keptWith(joined.kept, rare),
    counts: joined.counts.map((count) => count * scale),
    reliable: Uint8Array.from(joined.counts, (_, v) => Number(wellSampled(joined, v, registers))),
  };
  const probabilities = await task.probabilitiesOf(evidence);
  return { joined, evidence, probabilities, plan: planFromSample(task, registers, evidence, probabilities) };
}

/** What counting the vectors of two extracts would do. */
export interface PlannedCounting {
  readonly plan: BlockingPlan;
  /** Pairs that are compared before the plan is made: random ones, and a sample of rows with all rows. */
  readonly pairsBefore: number;
  /** Those of them that a sample of rows is joined by. */
  readonly joinedPairs: number;
  /** Candidates for which a record has no room, by the sample; null where none is taken. */
  readonly cutCandidates: number | null;
  /** Pairs that are expected to be kept, and that with a margin for what a sample can tell. */
  readonly expectedPairs: number;
  readonly keptPairs: number;
  /** 1 for the vectors whose pairs would be kept, and how many of a record. */
  readonly rare: Uint8Array;
  readonly cap: CandidateCap;
  /** What the plan was made from; null where every pair is compared, whatever a sample says. */
  readonly evidence: JoinEvidence | null;
}

/** Of what a sample lets expect, this many standard deviations more. */
const MARGIN_DEVIATIONS = 2;

/** As `countVectors` plans, but from a smaller sample, of at most `mostPairs` pairs; nothing is counted. */
export async function planCounting(
  task: PlannedTask, compute: Compute, mostPairs: number,
): Promise<PlannedCounting> {
  const registers = registersOf(task);
  const pairs = allPairs(registers);
  const sampled = await sampleRandomPairs(task, compute);
  const cap = capOf(task, sampled);
  if (pairs <= task.blocking.exhaustivePairs) {
    const allowed = pairsToFollow(registers.recordsOfA + registers.recordsOfB);
    const rare = rareVectors(task.scheme, sampled, null, pairs, allowed);
    return {
      plan: { kind: 'exhaustive', pairs }, pairsBefore: task.sampledPairs, joinedPairs: 0,
      cutCandidates: null, rare, cap, evidence: null,
      ...keptOf(sampled, rare, pairs / task.sampledPairs, null),
    };
  }
  const { plan, evidence, joined } = await plannedTables(
    task, compute, sampled, mostPairs, () => undefined);
  const cut = new Float64Array(task.scheme.vectors);
  firstOfEachRecord(evidence.pairs, 'a', cap, cut);
  const isExhaustive = task.blocking.exhaustivePairs > 0 && exhaustiveIsCheaper(plan);
  const joinedPairs = rowsToSample(registers, MOST_JOINED_PAIRS) * registers.recordsOfB;
  return {
    plan: isExhaustive ? { kind: 'exhaustive', pairs } : plan,
    pairsBefore: task.sampledPairs + joinedPairs, joinedPairs,
    cutCandidates: Math.round(sumOf(cut) * joined.scale), rare: evidence.rare, cap, evidence,
    ...keptOf(
      joined.counts, evidence.rare, joined.scale,
      isExhaustive ? null : plannedProbabilities(task, plan, evidence.pairs)),
  };
}

/** @param scale what a sampled pair stands for; @param candidates how likely each is one; null: certainly. */
function keptOf(
  counts: Float64Array, rare: Uint8Array, scale: number, candidates: Float64Array | null,
): Pick<PlannedCounting, 'expectedPairs' | 'keptPairs'> {
  let [expected, variance] = [0, 0];
  counts.forEach((count, v) => {
    const each = rare[v] * scale * (candidates ? candidates[v] : 1);
    expected += count * each;
    variance += (count + rare[v] / counts.length) * each ** 2;
  });
  const margin = MARGIN_DEVIATIONS * Math.sqrt(variance);
  return { expectedPairs: Math.round(expected), keptPairs: Math.round(expected + margin) };
}

/** Pairs that `countWithin` compares, and how many rows of the register it does so for. */
export function pairsWithin(
  records: number, { exhaustivePairs }: CountingTask['blocking'],
): { readonly pairs: number; readonly rows: number } {
  const registers = { recordsOfA: records, recordsOfB: records, within: true };
  const all = allPairs(registers);
  if (all <= Math.min(MOST_PAIRS_WITHIN, exhaustivePairs)) return { pairs: all, rows: records };
  const rows = rowsToSample(registers, MOST_PAIRS_WITHIN);
  return { pairs: rows * records, rows };
}

/** Counts of vectors in pairs that are surely non-matches: all of a unique register, or a sample of rows. */
export async function countWithin(
  task: CountingTask, compute: Compute, report: (fraction: number) => void, mostPairs = MOST_PAIRS_WITHIN,
): Promise<Float64Array> {
  const isWhole = allPairs(registersOf(task)) <= Math.min(mostPairs, task.blocking.exhaustivePairs);
  return countPairsWithin(task, compute, isWhole ? null : mostPairs, report);
}

/** Pairs in the join that a run plans two registers from, where it plans tables. */
export function pairsToJoin(a: { readonly records: number }, b: { readonly records: number }): number {
  const registers = { recordsOfA: a.records, recordsOfB: b.records, within: a === b };
  return rowsToSample(registers, MOST_JOINED_PAIRS) * b.records;
}

/** Pairs of two registers with so many records together that are followed up at most. */
export function pairsToFollow(records: number): number {
  const enough = Math.max(ENOUGH_PAIRS, FEWER_PAIRS_PER_RECORD * records);
  return Math.min(MOST_PAIRS, enough, MOST_PAIRS_PER_RECORD * records);
}

async function sampleRandomPairs(task: CountingTask, compute: Compute): Promise<Float64Array> {
  const { recordsOfA, recordsOfB, within } = registersOf(task);
  const { a, b, scheme } = task;
  const pairs = randomPairs(recordsOfA, recordsOfB, task.sampledPairs, task.seed, within);
  const keep = new Uint8Array(task.scheme.vectors);
  return (await compute.result({ a, b, scheme, kind: 'pairs', pairs, keep })).counts;
}

async function countAll(
  task: CountingTask, compute: Compute, rare: Uint8Array, cap: CandidateCap,
  report: (fraction: number) => void,
): Promise<VectorCounts> {
  const { counts, kept, cut } = await joinAllRows(task, compute, rare, cap, report);
  const pairs = allPairs(registersOf(task));
  return {
    plan: { kind: 'exhaustive', pairs }, counts, pairs: columnsOf(kept), rare, candidates: pairs, cutPairs: 0,
    cutCandidates: sumOf(cut), reliable: new Uint8Array(task.scheme.vectors).fill(1),
    candidateProbability: counts.map((count, v) => (count > 0 ? 1 - cut[v] / count : 1)),
  };
}

function wellSampled({ counts, scale }: JoinedSample, v: number, registers: PlannedRegisters): boolean {
  const smaller = Math.min(registers.recordsOfA, registers.recordsOfB);
  return counts[v] >= ENOUGH_SAMPLED || Math.sqrt(counts[v] + 1) * scale <= MOST_SAMPLING_ERROR * smaller;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function keptWith(kept: Uint32Array, keep: Uint8Array): Uint32Array {
  const wanted: number[] = [];
  for (let k = 0; k < kept.length; k += 3) {
    if (keep[kept[k + 2]]) wanted.push(kept[k], kept[k + 1], kept[k + 2]);
  }
  return Uint32Array.from(wanted);
}
