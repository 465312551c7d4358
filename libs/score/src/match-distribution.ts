import { risingRatios } from './rising-ratios.js';
import { levelTable, observedMask, patternShares, type VectorSpace } from './vector-space.js';

/**
 * m: the probability of each comparison vector among matches, given which segments are observed.
 *
 * A mixture over *breakages*: in a match each segment is either intact (the same value, or a lightly damaged
 * one) or broken (as unlike as two people by chance: a changed surname, a wrong date, a hardened filter
 * whose error was too large to be seen). Given the breakage the segments are independent; which segments
 * break together is free. Segments that share fields break together, and a faulty record is faulty in more
 * than one place: independence over all matches would deny both, and lose the matches of which one segment
 * is left. What a broken segment looks like is known from chance, so only the shares of the breakages and
 * the levels of intact segments are fitted: by breakage, since a segment that shares a field with a broken
 * one is damaged itself, but leaning on all breakages where matches are few. In these, m/u of a level never
 * falls with similarity, equality aside (`risingRatios`).
 */
export interface MatchModel {
  readonly breakages: readonly Breakage[];
  /** `chance[segment][level]`: shares of the levels of a broken segment; the missing level has 1. */
  readonly chance: readonly Float64Array[];
}

export interface Breakage {
  /** Bit s is set when segment s is broken. */
  readonly broken: number;
  /** Share of the matches. */
  readonly share: number;
  /** `levels[segment][level]`: shares of the levels; those of chance where the segment is broken. */
  readonly levels: readonly Float64Array[];
}

export interface MatchFit {
  readonly model: MatchModel;
  /** u of every vector, the marginals of `fitNonMatch` fitted. */
  readonly nonMatch: Float64Array;
  /** Expected number of matches among the pairs. */
  readonly matches: number;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** What EM is fitted to. */
export interface VectorEvidence {
  /** Pairs with each vector; may be estimates. */
  readonly counts: Float64Array;
  /** 1 where the count is exact or a good estimate; the others only enter by what the model expects. */
  readonly reliable: Uint8Array;
  /** u of each vector, see `nonMatchDistribution`. */
  readonly nonMatch: Float64Array;
  /** For each segment: whether its marginal of u is fitted here, because no known non-match shows it. */
  readonly fitNonMatch: readonly boolean[];
  /** Upper bound of the number of matches, from the registers' cardinalities. */
  readonly mostMatches: number;
  /** 0 for the vectors that hold no match, see `tellingVectors`; all may when absent. */
  readonly telling?: Uint8Array;
}

const MOST_ITERATIONS = 1500;
/** Relative change of the number of matches at which EM has settled. */
const CONVERGED_AT = 2e-5;
/** Pseudo-count on each level: keeps a level that no match reached so far possible. */
const LEVEL_PSEUDO_COUNT = 0.1;
/** Marginals of u are moved where at least this many non-matches are expected. */
const LEAST_PAIRS_TO_RAKE = 2;
/** Starting share of matches among the most there could be; several starts, the likeliest fit wins. */
const STARTING_SHARES = [0.1, 0.5, 0.9] as const;
/** How steeply the levels of an intact segment rise towards agreement at the start. */
const STARTING_SLOPE = 0.9;
/** Share of the matches that start with something broken. */
const STARTING_BROKEN = 0.3;
/** With more segments than this, breakages of at most two segments or of all but one are modelled. */
const MOST_SEGMENTS_FREELY_BROKEN = 6;
/**
 * Share of the matches that the prior spreads evenly over the breakages. A match with little left looks like
 * chance, pair by pair; only the posterior over a record's candidates can tell it, once m allows it at all.
 */
const PRIOR_OF_BREAKAGE = 0.01;
/**
 * A match with nothing left cannot be told from a non-match: at most this share is believed to be one while
 * pairs are judged. How many there are is another question, see `matchesOutOfSight`.
 */
const MOST_WHOLLY_BROKEN = 0.01;
/** Matches that a breakage needs to have its own levels rather than those of all intact segments, about. */
const MATCHES_TO_STAND_ALONE = 30;

/** Vectors gone through between two yields: often enough to cancel, seldom enough to cost nothing. */
const VECTORS_BETWEEN_YIELDS = 100000;

/** m of every vector of the space. */
export function matchProbabilities(space: VectorSpace, model: MatchModel): Float64Array {
  const table = levelTable(space);
  const mixture = new BreakageMixture(space, table, model);
  return Float64Array.from({ length: space.vectors }, (_, v) => mixture.probability(v));
}

/** Shares of each segment's observed levels among all matches, broken or not. */
export function levelShares({ breakages, chance }: MatchModel): Float64Array[] {
  return chance.map((shares, s) => shares.map((_, level) =>
    breakages.reduce((sum, { share, levels }) => sum + share * levels[s][level], 0)));
}

/**
 * Fits m, the number of matches and the marginals of u by expectation-maximisation (Dempster, Laird and
 * Rubin 1977) on the counts of vectors: its cost does not grow with the number of pairs.
 *
 * u stays as it was given: were it free, it would take the likelier half of the matches for chance. Only
 * segments without a known non-match have their marginals fitted (proportional fitting), because those
 * hold the matches too. Matches in vectors whose count is not reliable are extrapolated from m.
 *
 * Counts of pairs alone cannot tell a match with one segment left from chance, so this fit takes the
 * segments as independent among matches; the model that it returns starts to break them together, for
 * `refitMatches` to go on with.
 *
 * @returns the likeliest fit; the generator yields the iterations of the current start now and then.
 */
export function* fitMatches(space: VectorSpace, evidence: VectorEvidence): Generator<number, MatchFit> {
  const fits: MatchFit[] = [];
  for (const share of STARTING_SHARES) {
    fits.push(yield* new ExpectationMaximisation(space, evidence, share).run());
  }
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
}

/**
 * Fits m alone to the expected vectors of matches (an EM over the breakages): the M-step of a model whose
 * posteriors came from elsewhere, for example from the bipartite one.
 */
export function refitMatches(space: VectorSpace, matched: Float64Array, model: MatchModel): MatchModel {
  const table = levelTable(space);
  const vectors = Array.from(matched.keys()).filter((v) => matched[v] > 0);
  let current = model;
  for (let iteration = 0; iteration < REFIT_ITERATIONS; iteration++) {
    const mixture = new BreakageMixture(space, table, current);
    for (const v of vectors) mixture.add(v, mixture.probability(v), matched[v]);
    current = mixture.refitted();
  }
  return current;
}

const REFIT_ITERATIONS = 10;

/** One run of EM from one start. */
class ExpectationMaximisation {
  private readonly table: Uint8Array;
  private readonly vectors: number[];
  private readonly pairs: number;
  private readonly patternShares: Float64Array;
  private readonly nonMatch: Float64Array;
  private readonly fitsNonMatch: boolean;
  private readonly matched: Float64Array;
  private model: MatchModel;
  private matches: number;

  constructor(
    private readonly space: VectorSpace, private readonly evidence: VectorEvidence, startingShare: number,
  ) {
    this.table = levelTable(space);
    this.matched = new Float64Array(space.vectors);
    this.model = startingModel(space, chanceShares(space, this.table, evidence.nonMatch));
    this.patternShares = patternShares(space, evidence.counts);
    this.nonMatch = Float64Array.from(evidence.nonMatch);
    // An empty vector that is counted holds no match; it matters where marginals of u are fitted.
    const { counts, reliable, fitNonMatch } = evidence;
    this.fitsNonMatch = fitNonMatch.includes(true);
    this.vectors = Array.from(counts.keys()).filter((v) =>
      this.patternShares[v] > 0 && (counts[v] > 0 || !reliable[v] || this.fitsNonMatch));
    this.pairs = evidence.counts.reduce((sum, count) => sum + count, 0);
    this.matches = Math.min(startingShare * evidence.mostMatches, this.pairs / 2);
  }

  *run(): Generator<number, MatchFit> {
    let iterations = 0;
    let sinceYield = 0;
    let converged = false;
    let logLikelihood = Number.NEGATIVE_INFINITY;
    while (iterations < MOST_ITERATIONS && !converged) {
      const before = this.matches;
      logLikelihood = this.step();
      converged = ++iterations > 20 && Math.abs(this.matches - before) <= CONVERGED_AT * before;
      sinceYield += this.vectors.length;
      if (sinceYield < VECTORS_BETWEEN_YIELDS) continue;
      sinceYield = 0;
      yield iterations;
    }
    const { matches, nonMatch } = this;
    const model = refitMatches(this.space, this.matched, breakable(this.space, this.model));
    return { model, matches, nonMatch, logLikelihood, iterations, converged };
  }

  /** One E-step and M-step; returns the log-likelihood of the reliable counts before it. */
  private step(): number {
    const { counts, reliable, mostMatches, telling } = this.evidence;
    const prior = this.matches / this.pairs;
    const mixture = new BreakageMixture(this.space, this.table, this.model);
    const nonMatchStep = new MarginalStep(this.space, this.table);
    let logLikelihood = 0;
    let expected = 0;
    for (const v of this.vectors) {
      const m = telling?.[v] === 0 ? 0 : mixture.probability(v);
      const share = this.patternShares[v];
      const either = prior * m + (1 - prior) * this.nonMatch[v];
      const modelled = share * this.pairs * prior * m;
      const matched = reliable[v] ? (counts[v] * prior * m) / either : modelled;
      if (reliable[v] && counts[v] > 0) logLikelihood += counts[v] * Math.log(either);
      expected += matched;
      mixture.add(v, m, matched);
      this.matched[v] = matched;
      if (reliable[v] && this.fitsNonMatch) {
        nonMatchStep.add(v, counts[v] - matched, share * this.pairs * (1 - prior) * this.nonMatch[v]);
      }
    }
    this.model = mixture.refitted();
    if (this.fitsNonMatch) nonMatchStep.rake(this.nonMatch, this.patternShares, this.evidence.fitNonMatch);
    this.matches = Math.min(expected, mostMatches, this.pairs / 2);
    return logLikelihood;
  }
}

/** One round of proportional fitting of the marginals of u to the expected non-matches. */
class MarginalStep {
  private readonly observed: Float64Array[];
  private readonly modelled: Float64Array[];

  constructor(private readonly space: VectorSpace, private readonly table: Uint8Array) {
    this.observed = space.levels.map((levels) => new Float64Array(levels));
    this.modelled = space.levels.map((levels) => new Float64Array(levels));
  }

  add(v: number, observed: number, modelled: number): void {
    this.space.levels.forEach((_, s) => {
      const level = this.table[v * this.space.levels.length + s];
      this.observed[s][level] += observed;
      this.modelled[s][level] += modelled;
    });
  }

  rake(nonMatch: Float64Array, shares: Float64Array, fitted: readonly boolean[]): void {
    const segments = this.space.levels.length;
    // The square root: the segments' moves overlap, and full steps on each would overshoot.
    const factors = this.observed.map((observed, s) => observed.map((sum, level) => {
      const movable = fitted[s] && level < observed.length - 1;
      const enough = movable && this.modelled[s][level] >= LEAST_PAIRS_TO_RAKE;
      return enough ? Math.sqrt(Math.max(sum, 1) / this.modelled[s][level]) : 1;
    }));
    const sums = new Map<number, number>();
    for (let v = 0; v < nonMatch.length; v++) {
      for (let s = 0; s < segments; s++) nonMatch[v] *= factors[s][this.table[v * segments + s]];
      const mask = observedMask(this.space, this.table, v);
      sums.set(mask, (sums.get(mask) ?? 0) + nonMatch[v]);
    }
    for (let v = 0; v < nonMatch.length; v++) {
      if (shares[v] > 0) nonMatch[v] /= sums.get(observedMask(this.space, this.table, v)) as number;
    }
  }
}

/** Nothing breaks; levels rise towards agreement. */
function startingModel({ levels }: VectorSpace, chance: readonly Float64Array[]): MatchModel {
  return { breakages: [{ broken: 0, share: 1, levels: levels.map(rising) }], chance };
}

/** Every breakage is possible; an intact segment is hardly ever like chance. */
function breakable({ levels }: VectorSpace, { chance }: MatchModel): MatchModel {
  const masks = breakageMasks(levels.length);
  return {
    breakages: masks.map((mask) => ({
      broken: mask, share: mask === 0 ? 1 - STARTING_BROKEN : STARTING_BROKEN / (masks.length - 1),
      levels: levels.map((observed, s) => (mask & (1 << s) ? chance[s] : rising(observed))),
    })),
    chance,
  };
}

function rising(levels: number): Float64Array {
  return normalised(Float64Array.from({ length: levels }, (_, l) => Math.exp(STARTING_SLOPE * (l - levels))));
}

/** Which segments may break together, nothing broken first. */
function breakageMasks(segments: number): number[] {
  const all = Array.from({ length: 2 ** segments }, (_, mask) => mask);
  if (segments <= MOST_SEGMENTS_FREELY_BROKEN) return all;
  return all.filter((mask) => bitsOf(mask) <= 2 || bitsOf(mask) >= segments - 1);
}

function bitsOf(mask: number): number {
  let bits = 0;
  for (let rest = mask; rest > 0; rest >>>= 1) bits += rest & 1;
  return bits;
}

/** Marginals of u over the vectors that observe every segment. */
function chanceShares(space: VectorSpace, table: Uint8Array, nonMatch: Float64Array): Float64Array[] {
  const segments = space.levels.length;
  const complete = 2 ** segments - 1;
  const sums = space.levels.map((levels) => new Float64Array(levels));
  for (let v = 0; v < space.vectors; v++) {
    if (observedMask(space, table, v) !== complete) continue;
    for (let s = 0; s < segments; s++) sums[s][table[v * segments + s]] += nonMatch[v];
  }
  return sums.map(normalised);
}

/** Observed levels sum to 1 (evenly where nothing is known); the missing level is 1. */
function normalised(shares: Float64Array): Float64Array {
  const observed = shares.length - 1;
  const sum = shares.subarray(0, observed).reduce((total, share) => total + share, 0);
  return shares.map((share, l) => (l === observed ? 1 : sum > 0 ? share / sum : 1 / observed));
}

/** A model at work: m of a vector, and the expected counts of one M-step. */
class BreakageMixture {
  private readonly shareSums: Float64Array;
  /** Expected matches by breakage, segment and level. */
  private readonly levelSums: Float64Array[][];
  /** Share times probability of the vector last asked for, by breakage. */
  private readonly parts: Float64Array;

  constructor(
    space: VectorSpace, private readonly table: Uint8Array, private readonly model: MatchModel,
  ) {
    this.shareSums = new Float64Array(model.breakages.length);
    this.parts = new Float64Array(model.breakages.length);
    this.levelSums = model.breakages.map(() => space.levels.map((levels) => new Float64Array(levels)));
  }

  /** m of vector `v`. */
  probability(v: number): number {
    const { breakages, chance } = this.model;
    const segments = chance.length;
    let sum = 0;
    for (let z = 0; z < breakages.length; z++) {
      const { share, levels } = breakages[z];
      let part = share;
      for (let s = 0; s < segments; s++) part *= levels[s][this.table[v * segments + s]];
      this.parts[z] = part;
      sum += part;
    }
    return sum;
  }

  /** Counts `matched` matches with vector `v`, whose probability `m` was asked for last. */
  add(v: number, m: number, matched: number): void {
    if (m === 0) return;
    const { breakages } = this.model;
    const segments = this.model.chance.length;
    for (let z = 0; z < breakages.length; z++) {
      const part = (matched * this.parts[z]) / m;
      this.shareSums[z] += part;
      for (let s = 0; s < segments; s++) this.levelSums[z][s][this.table[v * segments + s]] += part;
    }
  }

  refitted(): MatchModel {
    const { breakages, chance } = this.model;
    const matched = this.shareSums.reduce((sum, share) => sum + share, 0);
    if (matched === 0) return this.model;
    const prior = breakages.length === 1 ? 0 : (PRIOR_OF_BREAKAGE * matched) / breakages.length;
    const everything = 2 ** chance.length - 1;
    const sums = this.shareSums.map((sum, z) => (breakages[z].broken === everything
      ? Math.min(sum, MOST_WHOLLY_BROKEN * matched) : sum + prior));
    const total = sums.reduce((sum, share) => sum + share, 0);
    const shared = chance.map((ofChance, s) => this.intactLevels(s, ofChance));
    return {
      breakages: breakages.map(({ broken }, z) => ({
        broken, share: sums[z] / total,
        levels: chance.map((ofChance, s) => (broken & (1 << s)
          ? ofChance : this.ownLevels(z, s, ofChance, shared[s]))),
      })),
      chance,
    };
  }

  /** Levels of segment `s` over all breakages that leave it intact. */
  private intactLevels(s: number, chance: Float64Array): Float64Array {
    const sums = new Float64Array(chance.length).fill(LEVEL_PSEUDO_COUNT);
    this.model.breakages.forEach(({ broken }, z) => {
      if (!(broken & (1 << s))) this.levelSums[z][s].forEach((sum, level) => { sums[level] += sum; });
    });
    return normalised(risingRatios(sums, chance));
  }

  /** Those of one breakage, which lean on the levels over all as far as its matches are few. */
  private ownLevels(z: number, s: number, chance: Float64Array, shared: Float64Array): Float64Array {
    const own = this.levelSums[z][s].map((sum, level) => sum + MATCHES_TO_STAND_ALONE * shared[level]);
    return normalised(risingRatios(own, chance));
  }
}
