import { segmentCandidateProbability, type TablePlan } from '#libs/block';
import { levelsOfVector, missingLevel, type SegmentLevels, type SharedFilters } from '#libs/compare';
import type { CountingTask } from './counting-task.js';
import { withKeyedTables } from './keyed-agreement.js';
import { PairSet } from './pair-set.js';

/** Bins of the plan's probability in which it is compared with what was found; certainty is one more. */
const PROBABILITY_BINS = 10;
/** What is expected of a vector, or a bin, counts as much as this many sampled pairs. */
const PRIOR_PAIRS = 2;

/**
 * Probability of each vector's pairs to be candidates, by what became of the sampled pairs with it: so cut
 * buckets and records without room are in it. Vectors with few sampled pairs lean on the plan's probability
 * at the middle of their levels, times how much more or less often sampled pairs with about that probability
 * were found.
 *
 * @param found the pairs that were: row of A, row of B and vector in turn, each pair once.
 * @param evidence the sampled pairs.
 */
export function observedProbabilities(
  task: CountingTask, plan: TablePlan, found: Uint32Array, evidence: Uint32Array,
): Float64Array {
  const planned = plannedProbabilities(task, plan, evidence);
  const bin = (v: number): number => Math.floor(planned[v] * PROBABILITY_BINS);
  const expected = new Float64Array(PROBABILITY_BINS + 1).fill(PRIOR_PAIRS);
  const observed = new Float64Array(PROBABILITY_BINS + 1).fill(PRIOR_PAIRS);
  const sampled = new Float64Array(task.scheme.vectors).fill(PRIOR_PAIRS);
  const hits = new Float64Array(task.scheme.vectors);
  const pairs = new PairSet(evidence.length / 3);
  pairs.add(evidence);
  for (let k = 2; k < evidence.length; k += 3) {
    sampled[evidence[k]]++;
    expected[bin(evidence[k])] += planned[evidence[k]];
  }
  for (let k = 0; k < found.length; k += 3) {
    const [i, j, v] = [found[k], found[k + 1], found[k + 2]];
    const hit = Number(pairs.has(i, j)) + Number(task.a === task.b && pairs.has(j, i));
    observed[bin(v)] += hit;
    hits[v] += hit;
  }
  return planned.map((p, v) => Math.min(1,
    (hits[v] + (PRIOR_PAIRS * p * observed[bin(v)]) / expected[bin(v)]) / sampled[v]));
}

/**
 * Probability of each vector's pairs to be candidates, in the middle of their levels, if nothing is cut.
 *
 * @param evidence sampled pairs, which tell what block keys add.
 */
export function plannedProbabilities(
  task: CountingTask, plan: TablePlan, evidence: Uint32Array,
): Float64Array {
  return withKeyedTables(task, plan, evidence, filterProbabilities(task, plan));
}

/** The same without the tables of block keys. */
export function filterProbabilities({ filters, a, b, scheme }: CountingTask, plan: TablePlan): Float64Array {
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
