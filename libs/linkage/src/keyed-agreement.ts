import type { BlockedSegment, TablePlan } from '#libs/block';
import { blockedSegment } from './compute-task.js';
import type { CountingTask } from './counting-task.js';

/** Bins of the probability by the filters' tables, whose sampled pairs stand in for vectors with few; … */
const BINS = 10;
/** … they count as much as this many pairs. */
const PRIOR_PAIRS = 2;

/**
 * Probability of each vector's pairs to be candidates with the plan's keyed tables too, whose keys no filter
 * tells of: by how many of the sampled pairs with the vector share one.
 *
 * @param byFilters probabilities by the other tables; the result where the plan has no keyed one.
 * @param evidence the sampled pairs: row of A, row of B and vector in turn.
 */
export function withKeyedTables(
  task: CountingTask, plan: TablePlan, evidence: Uint32Array, byFilters: Float64Array,
): Float64Array {
  const counts = countSharing(task, plan, evidence);
  if (counts === null) return byFilters;
  const { pairs, sharing } = counts;
  const bin = (v: number): number => Math.floor(byFilters[v] * BINS);
  const [pairsInBin, sharingInBin] = [new Float64Array(BINS + 1), new Float64Array(BINS + 1)];
  for (let v = 0; v < byFilters.length; v++) {
    pairsInBin[bin(v)] += pairs[v];
    sharingInBin[bin(v)] += sharing[v];
  }
  return byFilters.map((p, v) => {
    const usual = sharingInBin[bin(v)] / Math.max(1, pairsInBin[bin(v)]);
    return either(p, (sharing[v] + PRIOR_PAIRS * usual) / (pairs[v] + PRIOR_PAIRS));
  });
}

/**
 * The same for those of each vector's pairs that are matches: they share a key far more often than strangers
 * who are as alike.
 *
 * @param probabilities of each of the sampled pairs to be a match: it counts as much.
 * @param observed probability of each vector's pairs, by what became of the sampled ones; the result where
 *   the plan has no keyed table.
 */
export function ofMatches(
  task: CountingTask, plan: TablePlan, evidence: Uint32Array, probabilities: Float64Array,
  observed: Float64Array, byFiltersOf: () => Float64Array,
): Float64Array {
  const counts = countSharing(task, plan, evidence, probabilities);
  if (counts === null) return observed;
  const { pairs: matches, sharing } = counts;
  const byFilters = byFiltersOf();
  const planned = withKeyedTables(task, plan, evidence, byFilters);
  const usual = sumOf(sharing) / Math.max(1, sumOf(matches));
  return observed.map((p, v) => {
    const agreement = (sharing[v] + PRIOR_PAIRS * usual) / (matches[v] + PRIOR_PAIRS);
    return planned[v] > 0 ? Math.min(1, (p * either(byFilters[v], agreement)) / planned[v]) : p;
  });
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function either(p: number, q: number): number {
  return 1 - (1 - p) * (1 - q);
}

interface SharingPairs {
  /** Sampled pairs of each vector, … */
  readonly pairs: Float64Array;
  /** … and those that share a key. */
  readonly sharing: Float64Array;
}

/** Null where the plan has no keyed table. @param weights what each pair counts; default 1. */
function countSharing(
  { filters, a, b, scheme }: CountingTask, plan: TablePlan, evidence: Uint32Array, weights?: Float64Array,
): SharingPairs | null {
  const columns = plan.tables.filter(({ kind }) => kind === 'keyed').map(({ segment }) =>
    [blockedSegment(filters, a, segment), blockedSegment(filters, b, segment)] as const);
  if (columns.length === 0) return null;
  const [pairs, sharing] = [new Float64Array(scheme.vectors), new Float64Array(scheme.vectors)];
  for (let k = 0; k < evidence.length; k += 3) {
    const [i, j, v] = [evidence[k], evidence[k + 1], evidence[k + 2]];
    const weight = weights ? weights[k / 3] : 1;
    pairs[v] += weight;
    sharing[v] += weight * Number(columns.some(([ofA, ofB]) => isSameKey(ofA, i, ofB, j)));
  }
  return { pairs, sharing };
}

function isSameKey(a: BlockedSegment, i: number, b: BlockedSegment, j: number): boolean {
  if (a.weights[i] === 0) return false;
  for (let at = 0; at < a.rowBytes; at++) {
    if (a.filters[i * a.rowBytes + at] !== b.filters[j * b.rowBytes + at]) return false;
  }
  return true;
}
