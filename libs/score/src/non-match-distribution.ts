import { levelTable, observedMask, type VectorSpace } from './vector-space.js';

export interface NonMatchDistribution {
  /** One probability a vector; those with the same observed segments sum to 1. */
  readonly probabilities: Float64Array;
  /** For each segment: whether no known non-match shows it, so that its marginal holds the matches too. */
  readonly assumed: readonly boolean[];
}

/**
 * u: the probability of each comparison vector among non-matches, given which segments are observed.
 *
 * Two records of a register that is unique per person are never a match. Counting the vectors of such
 * pairs gives u of the *whole* vector, with no independence between segments assumed: households, twins and
 * common origins are in it. The marginals are counted level by level, the dependence in groups of levels
 * (`levelGroups`), because most single vectors are hardly ever seen by chance. Groups that were hardly seen
 * lean on independence: the posterior mean under a Gamma prior with that mean and shape `PRIOR_SHAPE`.
 *
 * A missing segment says nothing for or against a match here: u (and m) are conditional on which segments
 * are observed, so a missing level cancels.
 *
 * @param known counts of vectors of known non-matches, or null where no register is unique: then u is the
 *   product of the marginals of `crossed`.
 * @param crossed counts of vectors over all pairs of the two registers (nearly all are non-matches).
 * @param mostMatches upper bound of the number of matches in `crossed`.
 */
export function nonMatchDistribution(
  space: VectorSpace, known: Float64Array | null, crossed: Float64Array, mostMatches: number,
): NonMatchDistribution {
  const vectors = vectorsByMask(space);
  const counted = countedVectors(space, crossed);
  const evidence = known ? countedVectors(space, known) : [];
  const knownMask = widelyObserved(space, evidence);
  const u = new Float64Array(space.vectors);
  for (const [mask, members] of vectors) {
    const crossMarginals = marginals(space, counted, mask);
    // Segments that the known non-matches do not hold are independent of the others.
    const joint = mask & knownMask;
    const ofKnown = joint === 0 ? null : marginals(space, evidence, joint);
    const trusted = ofKnown && ofKnown.total >= LEAST_KNOWN_PAIRS ? ofKnown : null;
    const shares = trusted
      ? shiftMarginals(trusted, crossMarginals, joint, mostMatches) : crossMarginals.shares;
    fillGroup(u, space, members, shares, trusted && dependence(space, evidence, joint, trusted));
  }
  return { probabilities: u, assumed: space.levels.map((_, s) => (knownMask & (1 << s)) === 0) };
}

/** Shape of the Gamma prior on the share of a combination of level groups, in pairs. */
const PRIOR_SHAPE = 0.5;
/** Fewer known non-matches than this do not describe a tail. */
const LEAST_KNOWN_PAIRS = 1000;
/** A level's cross count tells about non-matches when matches could be at most this share of it. */
const MOST_MATCH_SHARE = 0.02;
/** The shift of the highest trusted level is carried on to rarer levels within these bounds. */
const SHIFT_BOUNDS = [0.5, 3] as const;
const HALF_A_PAIR = 0.5;
/** A level group ends where this many times fewer known non-matches lie above than where it began. */
const RARER_BY_GROUP = 4;
/** So few levels are groups of their own. */
const FEW_LEVELS = 8;
const MOST_LEVEL_GROUPS = 16;
/** Neighbouring groups are joined by 2^this at the coarsest. */
const COARSEST = 3;

/** A vector that was counted at least once. */
interface CountedVector {
  readonly levels: Uint8Array;
  readonly mask: number;
  readonly count: number;
}

interface Marginals {
  /** Share of each level of each segment (only observed levels of segments in the mask are filled). */
  readonly shares: Float64Array[];
  readonly counts: Float64Array[];
  readonly total: number;
}

/** Vectors that observe the same segments, by mask, with their levels. */
function vectorsByMask(space: VectorSpace): Map<number, { vector: number; levels: Uint8Array }[]> {
  const table = levelTable(space);
  const segments = space.levels.length;
  const result = new Map<number, { vector: number; levels: Uint8Array }[]>();
  for (let vector = 0; vector < space.vectors; vector++) {
    const mask = observedMask(space, table, vector);
    const member = { vector, levels: table.subarray(vector * segments, (vector + 1) * segments) };
    const members = result.get(mask);
    if (members) members.push(member);
    else result.set(mask, [member]);
  }
  return result;
}

function countedVectors(space: VectorSpace, counts: Float64Array): CountedVector[] {
  const table = levelTable(space);
  const segments = space.levels.length;
  const result: CountedVector[] = [];
  counts.forEach((count, vector) => {
    if (count === 0) return;
    const levels = table.subarray(vector * segments, (vector + 1) * segments);
    result.push({ levels, mask: observedMask(space, table, vector), count });
  });
  return result;
}

/** Segments that are observed in at least `LEAST_KNOWN_PAIRS` of the known non-matches, as a mask. */
function widelyObserved(space: VectorSpace, known: readonly CountedVector[]): number {
  return space.levels.reduce((wide, _, s) => {
    const pairs = known.reduce((sum, { mask, count }) => (mask & (1 << s) ? sum + count : sum), 0);
    return pairs >= LEAST_KNOWN_PAIRS ? wide | (1 << s) : wide;
  }, 0);
}

/** Marginals over the vectors that observe all of `mask`. */
function marginals(space: VectorSpace, counted: readonly CountedVector[], mask: number): Marginals {
  const counts = space.levels.map((levels) => new Float64Array(levels));
  let total = 0;
  for (const { levels, mask: observed, count } of counted) {
    if ((observed & mask) !== mask) continue;
    total += count;
    for (let s = 0; s < levels.length; s++) if (mask & (1 << s)) counts[s][levels[s]] += count;
  }
  const shares = counts.map((sums) => {
    const missing = sums.length - 1;
    return sums.map((count, l) =>
      (l === missing ? 1 : (count + HALF_A_PAIR) / (total + HALF_A_PAIR * missing)));
  });
  return { shares, counts, total };
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

type Dependence = (levels: Uint8Array) => number;

/**
 * How much more often the known non-matches show the groups of a vector's levels than independent segments
 * would: the counts speak about the known pairs, and this ratio carries what they say over to the registers
 * at hand. Told from coarse groups to fine ones, each time as a correction of what the coarser ones expect:
 * segments that share fields are alike together far more often than independence allows, and no fine cell
 * holds enough pairs to say so by itself.
 */
function dependence(
  space: VectorSpace, known: readonly CountedVector[], joint: number, { shares, total }: Marginals,
): Dependence {
  const groups = shares.map(levelGroups);
  const segments = Array.from(space.levels.keys()).filter((s) => joint & (1 << s));
  const grids = Array.from({ length: COARSEST + 1 }, (_, step) =>
    new DependenceGrid(COARSEST - step, segments, groups, shares, total));
  for (const { levels, mask, count } of known) {
    if ((mask & joint) === joint) for (const grid of grids) grid.add(levels, count);
  }
  return (levels) => grids.reduce((ratio, grid) => ratio * grid.correction(levels, ratio), 1);
}

/** Pairs seen and expected in the combinations of joined groups. */
class DependenceGrid {
  private readonly shares: readonly Float64Array[];
  private readonly seen = new Map<number, number>();

  constructor(
    private readonly coarseness: number, private readonly segments: readonly number[],
    private readonly groups: readonly Uint8Array[], shares: readonly Float64Array[],
    private readonly total: number,
  ) {
    this.shares = groups.map((ofLevels, s) => {
      const sums = new Float64Array(MOST_LEVEL_GROUPS);
      ofLevels.forEach((group, l) => {
        if (l < shares[s].length - 1) sums[group >> coarseness] += shares[s][l];
      });
      return sums;
    });
  }

  add(levels: Uint8Array, count: number): void {
    const cell = this.cellOf(levels);
    this.seen.set(cell, (this.seen.get(cell) ?? 0) + count);
  }

  /** What the pairs seen say beyond `ratio`, the dependence that coarser groups told. */
  correction(levels: Uint8Array, ratio: number): number {
    const independent = this.segments.reduce((product, s) =>
      product * this.shares[s][this.groups[s][levels[s]] >> this.coarseness], this.total);
    return ((this.seen.get(this.cellOf(levels)) ?? 0) + PRIOR_SHAPE) / (independent * ratio + PRIOR_SHAPE);
  }

  private cellOf(levels: Uint8Array): number {
    return this.segments.reduce((cell, s) =>
      cell * MOST_LEVEL_GROUPS + (this.groups[s][levels[s]] >> this.coarseness), 0);
  }
}

/**
 * Group of each level: its own where there are few levels; else 0 for the usual ones, and one more each time
 * that pairs above are `RARER_BY_GROUP` times rarer.
 */
function levelGroups(shares: Float64Array): Uint8Array {
  const observed = shares.length - 1;
  if (observed <= FEW_LEVELS) return Uint8Array.from(shares.keys());
  const groups = new Uint8Array(shares.length);
  let above = 0;
  for (let l = observed - 1; l >= 0; l--) {
    above += shares[l];
    const rarer = Math.floor(Math.log(1 / Math.min(1, above)) / Math.log(RARER_BY_GROUP) + 1e-9);
    groups[l] = Math.min(MOST_LEVEL_GROUPS - 1, rarer);
  }
  return groups;
}

function fillGroup(
  u: Float64Array, space: VectorSpace, members: readonly { vector: number; levels: Uint8Array }[],
  shares: readonly Float64Array[], dependenceOf: Dependence | null,
): void {
  let sum = 0;
  for (const { vector, levels } of members) {
    let product = dependenceOf ? dependenceOf(levels) : 1;
    for (let s = 0; s < space.levels.length; s++) product *= shares[s][levels[s]];
    u[vector] = product;
    sum += product;
  }
  if (sum > 0) for (const { vector } of members) u[vector] /= sum;
}
