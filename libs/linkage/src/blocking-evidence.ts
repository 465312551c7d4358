import {
  differencesByLine, differingShares, mostVariableColumns, planTables, randomPairs,
  type PlannedRegisters, type TablePlan,
} from '#libs/block';
import { blockedSegment } from './compute-task.js';
import type { CountingTask } from './counting-task.js';

/** Random pairs that tell how many candidates a table gives. */
const RANDOM_PAIRS = 20000;
/** Likely matches that planning looks at. */
const MOST_MATCHES = 4000;

/**
 * Plans the tables from the pairs that joining a sample of rows with all rows followed up (row of A, row of B
 * and vector in turn): the tables are chosen for what matches look like in these very registers.
 *
 * @param weights how likely each of the pairs is a match.
 * @param scale how many pairs of the registers each of them stands for.
 */
export function planFromSample(
  { filters, a, b, scheme, blocking, seed }: CountingTask, registers: PlannedRegisters, kept: Uint32Array,
  weights: Float64Array, scale: number,
): TablePlan {
  const step = Math.max(1, Math.ceil(kept.length / 3 / MOST_MATCHES));
  const chosen = Array.from({ length: Math.floor(kept.length / 3 / step) }, (_, k) => k * step);
  const matches = Uint32Array.from(chosen.flatMap((pair) => [kept[3 * pair], kept[3 * pair + 1]]));
  const { recordsOfA, recordsOfB, within } = registers;
  const random = randomPairs(recordsOfA, recordsOfB, RANDOM_PAIRS, seed + 5, within);
  const segments = scheme.segments.map(({ bits }, s) => {
    const ofA = blockedSegment(filters, a, s);
    const ofB = blockedSegment(filters, b, s);
    const pool = mostVariableColumns(ofA, bits);
    const all = Uint16Array.from({ length: bits }, (_, column) => column);
    const shares = (columns: Uint16Array, pairs: Uint32Array): Float64Array =>
      differingShares(ofA, ofB, columns, pairs);
    return {
      bits, pool,
      ofMatches: { inPool: shares(pool, matches), lines: differencesByLine(ofA, ofB, bits, matches) },
      ofRandomPairs: { inPool: shares(pool, random), inAll: shares(all, random) },
    };
  });
  const matchWeights = Float64Array.from(chosen, (pair) => weights[pair]);
  return planTables(registers, { segments, matchWeights, scale: scale * step }, blocking, seed + 7);
}

/** Vectors are taken together, rarest first, until so many joined pairs tell how many are matches … */
const PAIRS_IN_BIN = 40;
/** … or so large a share of those before, and there are more than chance gives by so many deviations: … */
const SHARE_IN_BIN = 0.2;
const DEVIATIONS = 2;
/** … what never comes so far counts for nothing, and so does a bin with a smaller share of matches. */
const LEAST_MATCH_SHARE = 0.05;

/**
 * How likely each joined pair is a match, before there is a model: by how many pairs of about that rarity
 * there are beyond those that known non-matches let expect. Without those every pair counts the same.
 *
 * @param kept row of A, row of B and vector in turn.
 * @param order the vectors, rarest by chance first.
 * @param joined counts of vectors in the join that `kept` is of.
 * @param known counts of vectors of known non-matches, or null.
 */
export function matchWeights(
  kept: Uint32Array, order: Uint32Array, joined: Float64Array, known: Float64Array | null,
): Float64Array {
  const observed = new Float64Array(joined.length);
  for (let k = 2; k < kept.length; k += 3) observed[kept[k]]++;
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);
  const scale = known ? sum(joined) / Math.max(1, sum(known)) : 0;
  const weightOf = new Float64Array(joined.length);
  let bin: number[] = [];
  let [seen, expected, before] = [0, 0, 0];
  for (const vector of order) {
    // Its pairs are not followed up.
    if (observed[vector] === 0 && joined[vector] > 0) continue;
    bin.push(vector);
    seen += observed[vector];
    expected += known ? known[vector] * scale : 0;
    const beyond = seen - expected;
    const least = Math.max(PAIRS_IN_BIN, SHARE_IN_BIN * before);
    if (seen < least || beyond < DEVIATIONS * Math.sqrt(seen)) continue;
    if (beyond < LEAST_MATCH_SHARE * seen) break;
    for (const member of bin) weightOf[member] = beyond / seen;
    before += seen;
    [bin, seen, expected] = [[], 0, 0];
  }
  // Those of a small register may be too few for a bin, and still be nearly all that there are.
  if (before === 0) {
    for (const member of bin) weightOf[member] = Math.max(0, 1 - expected / Math.max(1, seen));
  }
  return Float64Array.from({ length: kept.length / 3 }, (_, pair) => weightOf[kept[3 * pair + 2]]);
}
