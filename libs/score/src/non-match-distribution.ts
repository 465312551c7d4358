import { levelTable, observedMask, type VectorSpace } from './vector-space.js';

/**
 * u: the probability of each comparison vector among non-matches, given which segments are observed.
 *
 * Two records of a register that is unique per person are never a match. Counting the vectors of such
 * pairs gives u of the *whole* vector, with no independence between segments assumed: households, twins and
 * common origins are in it. Vectors that were hardly seen lean on the product of the segments' marginals:
 * the posterior mean under a Gamma prior with that mean and shape `PRIOR_SHAPE`.
 *
 * A missing segment says nothing for or against a match here: u (and m) are conditional on which segments
 * are observed, so a missing level cancels.
 *
 * @param known counts of vectors of known non-matches, or null where no register is unique: then u is the
 *   product of the marginals of `crossed`.
 * @param crossed counts of vectors over all pairs of the two registers (nearly all are non-matches).
 * @param mostMatches upper bound of the number of matches in `crossed`.
 * @returns one probability a vector; those with the same observed segments sum to 1.
 */
export function nonMatchDistribution(
  space: VectorSpace, known: Float64Array | null, crossed: Float64Array, mostMatches: number,
): Float64Array {
  const table = levelTable(space);
  const masks = Uint32Array.from({ length: space.vectors }, (_, v) => observedMask(space, table, v));
  const u = new Float64Array(space.vectors);
  const knownMask = known ? widelyObserved(space, masks, known) : 0;
  for (const mask of new Set(masks)) {
    const vectors = Array.from(masks.keys()).filter((v) => masks[v] === mask);
    const crossMarginals = marginals(space, table, projection(space, table, masks, mask), crossed, mask);
    // Segments that the known non-matches do not hold are independent of the others.
    const joint = mask & knownMask;
    const evidence = known && joint !== 0 ? gather(space, table, masks, known, joint) : null;
    const trusted = evidence && evidence.marginals.total >= LEAST_KNOWN_PAIRS ? evidence : null;
    const base = trusted
      ? shiftMarginals(trusted.marginals, crossMarginals, joint, mostMatches) : crossMarginals.shares;
    fillGroup(u, space, table, vectors, base, trusted);
  }
  return u;
}

/** Segments that are observed in at least `LEAST_KNOWN_PAIRS` of the known non-matches, as a mask. */
function widelyObserved(space: VectorSpace, masks: Uint32Array, known: Float64Array): number {
  return space.levels.reduce((mask, _, s) => {
    const pairs = known.reduce((sum, count, v) => (masks[v] & (1 << s) ? sum + count : sum), 0);
    return pairs >= LEAST_KNOWN_PAIRS ? mask | (1 << s) : mask;
  }, 0);
}

/** Shape of the Gamma prior on a vector's share, in pairs. */
const PRIOR_SHAPE = 0.3;
/** Fewer known non-matches than this do not describe a tail. */
const LEAST_KNOWN_PAIRS = 1000;
/** A level's cross count tells about non-matches when matches could be at most this share of it. */
const MOST_MATCH_SHARE = 0.02;
/** The shift of the highest trusted level is carried on to rarer levels within these bounds. */
const SHIFT_BOUNDS = [0.5, 3] as const;
const HALF_A_PAIR = 0.5;

/** Known non-matches, seen through the segments of `joint` only. */
interface Evidence {
  readonly joint: number;
  readonly projection: Int32Array;
  /** Pairs by projected vector. */
  readonly seen: Float64Array;
  readonly marginals: Marginals;
}

interface Marginals {
  /** Share of each level of each segment (only observed levels of segments in the mask are filled). */
  readonly shares: Float64Array[];
  readonly counts: Float64Array[];
  readonly total: number;
}

function gather(
  space: VectorSpace, table: Uint8Array, masks: Uint32Array, known: Float64Array, joint: number,
): Evidence {
  const target = projection(space, table, masks, joint);
  const seen = new Float64Array(space.vectors);
  for (let v = 0; v < space.vectors; v++) if (target[v] >= 0) seen[target[v]] += known[v];
  return { joint, projection: target, seen, marginals: marginals(space, table, target, known, joint) };
}

/** For each vector that observes all of `mask`: the vector with the other segments missing; else -1. */
function projection(space: VectorSpace, table: Uint8Array, masks: Uint32Array, mask: number): Int32Array {
  const segments = space.levels.length;
  const result = new Int32Array(space.vectors).fill(-1);
  for (let v = 0; v < space.vectors; v++) {
    if ((masks[v] & mask) !== mask) continue;
    let stride = 1;
    result[v] = 0;
    for (let s = 0; s < segments; s++) {
      const level = mask & (1 << s) ? table[v * segments + s] : space.levels[s] - 1;
      result[v] += level * stride;
      stride *= space.levels[s];
    }
  }
  return result;
}

function marginals(
  space: VectorSpace, table: Uint8Array, target: Int32Array, counts: Float64Array, mask: number,
): Marginals {
  const segments = space.levels.length;
  const sums = space.levels.map((levels) => new Float64Array(levels));
  let total = 0;
  for (let v = 0; v < space.vectors; v++) {
    if (target[v] < 0 || counts[v] === 0) continue;
    total += counts[v];
    for (let s = 0; s < segments; s++) {
      if (mask & (1 << s)) sums[s][table[v * segments + s]] += counts[v];
    }
  }
  const shares = sums.map((sum) => {
    const observed = sum.length - 1;
    return sum.map((count, l) =>
      l === observed ? 1 : (count + HALF_A_PAIR) / (total + HALF_A_PAIR * observed));
  });
  return { shares, counts: sums, total };
}

/**
 * The registers differ in who is in them, so chance similarity between them differs from that within one:
 * each marginal of the known non-matches is moved to the cross marginal where that is surely made of
 * non-matches, and the last such ratio is carried on, within bounds, to the rarer levels above.
 */
function shiftMarginals(
  known: Marginals, crossed: Marginals, joint: number, mostMatches: number,
): Float64Array[] {
  return known.shares.map((shares, s) => {
    if (!(joint & (1 << s))) return crossed.shares[s];
    const observed = shares.length - 1;
    const shifted = Float64Array.from(shares);
    let ratio = 1;
    for (let l = 0; l < observed; l++) {
      const trusted = mostMatches <= MOST_MATCH_SHARE * crossed.counts[s][l];
      if (trusted) ratio = crossed.shares[s][l] / shares[l];
      const [least, most] = SHIFT_BOUNDS;
      shifted[l] = shares[l] * (trusted ? ratio : Math.min(most, Math.max(least, ratio)));
    }
    const sum = shifted.subarray(0, observed).reduce((total, share) => total + share, 0);
    for (let l = 0; l < observed; l++) shifted[l] /= sum;
    return shifted;
  });
}

function fillGroup(
  u: Float64Array, space: VectorSpace, table: Uint8Array, vectors: readonly number[],
  base: readonly Float64Array[], evidence: Evidence | null,
): void {
  let sum = 0;
  for (const v of vectors) {
    const product = productOfMarginals(space, table, v, base);
    u[v] = evidence ? product * dependence(space, table, v, evidence) : product;
    sum += u[v];
  }
  if (sum > 0) for (const v of vectors) u[v] /= sum;
}

function productOfMarginals(
  space: VectorSpace, table: Uint8Array, v: number, shares: readonly Float64Array[],
): number {
  return shares.reduce((product, ofSegment, s) => product * ofSegment[table[v * space.levels.length + s]], 1);
}

/**
 * How much more often the known non-matches show the vector than independent segments would: the counts
 * speak about the known pairs, and this ratio carries what they say over to the registers at hand.
 */
function dependence(space: VectorSpace, table: Uint8Array, v: number, evidence: Evidence): number {
  const { seen, projection: target, marginals: { shares, total }, joint } = evidence;
  const independent = shares.reduce((product, ofSegment, s) =>
    (joint & (1 << s) ? product * ofSegment[table[v * space.levels.length + s]] : product), 1);
  const share = (seen[target[v]] + PRIOR_SHAPE) / (total + PRIOR_SHAPE / independent);
  return share / independent;
}
