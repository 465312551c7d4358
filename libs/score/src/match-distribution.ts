import { risingRatios } from './rising-ratios.js';
import { levelTable, observedMask, patternShares, type VectorSpace } from './vector-space.js';

/**
 * m: the probability of each comparison vector among matches, given which segments are observed.
 *
 * A mixture of latent classes of matches (clean and error-prone records), the segments independent within
 * a class: a record with an error in its name more often has one in its date of birth too, which
 * independence over all matches would deny. Parameters: shares of the classes and, in each class, the share
 * of every observed level of every segment. In each, m/u of a level never falls with similarity: more alike
 * never speaks less for a match.
 */
export interface MatchModel {
  readonly classShares: readonly number[];
  /** `levelShares[class][segment][level]`; the missing level has share 1, it cancels against u. */
  readonly levelShares: readonly (readonly Float64Array[])[];
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
/** How steeply a class's starting level shares rise towards agreement, by class. */
const STARTING_SLOPES = [0.9, 0.3, 0.6] as const;

/** Vectors gone through between two yields: often enough to cancel, seldom enough to cost nothing. */
const VECTORS_BETWEEN_YIELDS = 100000;

/** m of every vector of the space. */
export function matchProbabilities(space: VectorSpace, model: MatchModel): Float64Array {
  const table = levelTable(space);
  return Float64Array.from({ length: space.vectors }, (_, v) =>
    model.classShares.reduce((sum, _share, k) => sum + classProbability(space, table, model, k, v), 0));
}

/**
 * Fits m, the number of matches and the marginals of u by expectation-maximisation (Dempster, Laird and
 * Rubin 1977) on the counts of vectors: its cost does not grow with the number of pairs.
 *
 * u stays as it was given: were it free, it would take the likelier half of the matches for chance. Only
 * segments without a known non-match have their marginals fitted (proportional fitting), because those
 * hold the matches too. Matches in vectors whose count is not reliable are extrapolated from m.
 *
 * @param classes number of latent classes, 1 to 3.
 * @returns the likeliest fit; the generator yields the iterations of the current start now and then.
 */
export function* fitMatches(
  space: VectorSpace, evidence: VectorEvidence, classes: number,
): Generator<number, MatchFit> {
  const fits: MatchFit[] = [];
  for (const share of STARTING_SHARES) {
    const start = startingModel(space, classes);
    fits.push(yield* new ExpectationMaximisation(space, evidence, start, share).run());
  }
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
}

/**
 * Fits m alone to the expected vectors of matches (one EM over the classes): the M-step of a model whose
 * posteriors came from elsewhere, for example from the bipartite one.
 */
export function refitMatches(
  space: VectorSpace, matched: Float64Array, nonMatch: Float64Array, model: MatchModel,
): MatchModel {
  const table = levelTable(space);
  const chance = chanceShares(space, table, nonMatch);
  let current = model;
  for (let iteration = 0; iteration < 40; iteration++) {
    const step = new ModelStep(space, model.classShares.length, chance);
    for (let v = 0; v < space.vectors; v++) {
      if (matched[v] > 0) step.add(table, v, matched[v], classProbabilities(space, table, current, v));
    }
    current = step.model();
  }
  return current;
}

/** One run of EM from one start. */
class ExpectationMaximisation {
  private readonly table: Uint8Array;
  private readonly vectors: number[];
  private readonly pairs: number;
  private readonly patternShares: Float64Array;
  private readonly nonMatch: Float64Array;
  private readonly fitsNonMatch: boolean;
  private readonly chance: readonly Float64Array[];
  private matches: number;

  constructor(
    private readonly space: VectorSpace, private readonly evidence: VectorEvidence,
    private model: MatchModel, startingShare: number,
  ) {
    this.table = levelTable(space);
    this.patternShares = patternShares(space, evidence.counts);
    this.nonMatch = Float64Array.from(evidence.nonMatch);
    this.chance = chanceShares(space, this.table, evidence.nonMatch);
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
    const { model, matches, nonMatch } = this;
    return { model, matches, nonMatch, logLikelihood, iterations, converged };
  }

  /** One E-step and M-step; returns the log-likelihood of the reliable counts before it. */
  private step(): number {
    const { counts, reliable, mostMatches } = this.evidence;
    const prior = this.matches / this.pairs;
    const matchStep = new ModelStep(this.space, this.model.classShares.length, this.chance);
    const nonMatchStep = new MarginalStep(this.space, this.table);
    let logLikelihood = 0;
    let expected = 0;
    for (const v of this.vectors) {
      const byClass = classProbabilities(this.space, this.table, this.model, v);
      const m = byClass.reduce((sum, share) => sum + share, 0);
      const share = this.patternShares[v];
      const either = prior * m + (1 - prior) * this.nonMatch[v];
      const modelled = share * this.pairs * prior * m;
      const matched = reliable[v] ? (counts[v] * prior * m) / either : modelled;
      if (reliable[v] && counts[v] > 0) logLikelihood += counts[v] * Math.log(either);
      expected += matched;
      matchStep.add(this.table, v, matched, byClass);
      if (reliable[v] && this.fitsNonMatch) {
        nonMatchStep.add(v, counts[v] - matched, share * this.pairs * (1 - prior) * this.nonMatch[v]);
      }
    }
    this.model = matchStep.model();
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

function startingModel({ levels }: VectorSpace, classes: number): MatchModel {
  return {
    classShares: Array.from({ length: classes }, () => 1 / classes),
    levelShares: STARTING_SLOPES.slice(0, classes).map((slope) => levels.map((count) => {
      const shares = Float64Array.from({ length: count }, (_, l) => Math.exp(slope * (l - count)));
      return normalised(shares);
    })),
  };
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
  return sums;
}

/** Observed levels sum to 1; the missing level is 1. */
function normalised(shares: Float64Array): Float64Array {
  const observed = shares.length - 1;
  const sum = shares.subarray(0, observed).reduce((total, share) => total + share, 0);
  return shares.map((share, l) => (l === observed ? 1 : share / sum));
}

function classProbabilities(space: VectorSpace, table: Uint8Array, model: MatchModel, v: number): number[] {
  return model.classShares.map((_, k) => classProbability(space, table, model, k, v));
}

function classProbability(
  space: VectorSpace, table: Uint8Array, model: MatchModel, k: number, v: number,
): number {
  const segments = space.levels.length;
  let probability = model.classShares[k];
  for (let s = 0; s < segments; s++) probability *= model.levelShares[k][s][table[v * segments + s]];
  return probability;
}

/** Expected counts of one M-step. */
class ModelStep {
  private readonly classSums: Float64Array;
  private readonly levelSums: Float64Array[][];

  /** `chance`: marginals of u. */
  constructor(
    private readonly space: VectorSpace, classes: number, private readonly chance: readonly Float64Array[],
  ) {
    this.classSums = new Float64Array(classes);
    this.levelSums = Array.from({ length: classes }, () => space.levels.map((l) => new Float64Array(l)));
  }

  add(table: Uint8Array, v: number, matched: number, byClass: readonly number[]): void {
    const m = byClass.reduce((sum, share) => sum + share, 0);
    if (m === 0) return;
    const segments = this.space.levels.length;
    byClass.forEach((share, k) => {
      const part = (matched * share) / m;
      this.classSums[k] += part;
      for (let s = 0; s < segments; s++) this.levelSums[k][s][table[v * segments + s]] += part;
    });
  }

  model(): MatchModel {
    const total = this.classSums.reduce((sum, share) => sum + share, 0);
    const classes = this.classSums.length;
    return {
      classShares: Array.from(this.classSums, (sum) => (total > 0 ? sum / total : 1 / classes)),
      levelShares: this.levelSums.map((bySegment) =>
        bySegment.map((sums, s) => normalised(
          risingRatios(sums.map((sum) => sum + LEVEL_PSEUDO_COUNT), this.chance[s])))),
    };
  }
}
