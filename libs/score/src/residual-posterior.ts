import type { BipartiteSides } from './bipartite-posterior.js';
import { freeRecords } from './free-records.js';
import { risingRatios } from './rising-ratios.js';

/** Links of registers that are compared by one similarity, as columns. */
export interface LevelLinks {
  readonly length: number;
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
  /** Level of similarity of each link. */
  readonly levels: Uint32Array;
}

/** What is known of the levels: ascending similarity, the missing one last. */
export interface LevelEvidence {
  /** u: shares of the levels among pairs of different people. */
  readonly nonMatch: Float64Array;
  /** 1 for the levels whose pairs are among the links. */
  readonly keep: Uint8Array;
  /** Probability that a pair of this level is among them. */
  readonly candidateProbability: Float64Array;
}

export interface ResidualPosterior {
  /** Of each link, to be a match. */
  readonly probabilities: Float64Array;
  /** 1 for the levels in which matches are told from chance. */
  readonly telling: Uint8Array;
}

/**
 * Probabilities of matches by what is left over: links of records that have no better match.
 *
 * One similarity has no second one to ask, so all pairs of two large registers hide the matches with many
 * errors among chance. Who is matched surely has no other match, though, so the residual (the records that
 * are left) is a linkage problem of its own with far fewer pairs, and what chance looks like there is
 * observed: a left record and one that is matched elsewhere are certainly not a match (decoys, as in
 * target-decoy estimates of false discoveries: Elias and Gygi 2007). From decoys of both sides and from
 * pairs that are both matched elsewhere follows what two left records look like, if being left changes each
 * side's share of a level by a factor of its own. What that leaves unexplained (left records may be alike)
 * is read off the levels just below the telling ones, where nearly all pairs are chance.
 *
 * A level's odds of a match are then the left pairs beyond chance over those by chance; they never fall with
 * similarity (`risingRatios`) and are 0 below the telling levels. The posterior of a link follows from the
 * odds and from how free its records are of their other links. Both take turns.
 *
 * Levels in which a pair is a match more likely than not keep their odds: decoys are hardly ever that alike,
 * and the few matches that are counted among them would lower the odds, which would count more matches among
 * them: at a million records that ran away. The constants below were chosen with labels in view, see the
 * README; one value serves every data set.
 *
 * @param startingOdds of a match, for each level, given that both records have no other: what is told without
 *   knowing who is left; 0 where nothing is.
 * @returns yields the rounds that are done. Links in levels that do not tell have probability 0.
 */
export function* residualPosterior(
  links: LevelLinks, sides: BipartiteSides, evidence: LevelEvidence, startingOdds: Float64Array,
  rounds: number,
): Generator<number, ResidualPosterior> {
  let odds = startingOdds;
  let probabilities = posterior(links, sides, odds, SETTLED_BETWEEN_ROUNDS);
  for (let round = 0; round < rounds; round++) {
    const residual = residualCounts(links, sides, evidence, probabilities);
    const chance = residualChance(residual, evidence, startingOdds);
    odds = residualOdds(residual, chance, evidence.keep, startingOdds);
    const isLast = round === rounds - 1;
    probabilities = posterior(links, sides, odds, isLast ? SETTLED_AT_LAST : SETTLED_BETWEEN_ROUNDS);
    yield round + 1;
  }
  return { probabilities, telling: Uint8Array.from(odds, (one) => Number(one > 0)) };
}

/** Left pairs and decoys of each level, and how many there are of each kind over all levels. */
export interface ResidualCounts {
  readonly left: Float64Array;
  readonly leftPairs: number;
  /** The record of A is matched elsewhere, … */
  readonly decoysOfA: Float64Array;
  readonly decoyPairsOfA: number;
  /** … that of B is, … */
  readonly decoysOfB: Float64Array;
  readonly decoyPairsOfB: number;
  /** … both are. */
  readonly decoysOfBoth: Float64Array;
  readonly decoyPairsOfBoth: number;
  /** Records of the side of which fewer are left. */
  readonly leftRecords: number;
}

/** Counts each link as far as its records are left by their other links; a record may have many: it stays. */
export function residualCounts(
  { length, rowsOfA, rowsOfB, levels }: LevelLinks, sides: BipartiteSides,
  { candidateProbability }: LevelEvidence, probabilities: Float64Array,
): ResidualCounts {
  const matchedOfA = matchedRecords(rowsOfA, sides.recordsOfA, sides.oneMatchForA, probabilities);
  const matchedOfB = matchedRecords(rowsOfB, sides.recordsOfB, sides.oneMatchForB, probabilities);
  const [ofA, ofB] = [sumOf(matchedOfA), sumOf(matchedOfB)];
  const [leftOfA, leftOfB] = [Math.max(sides.recordsOfA - ofA, 0.5), Math.max(sides.recordsOfB - ofB, 0.5)];
  const none = (): Float64Array => new Float64Array(candidateProbability.length);
  const [left, decoysOfA, decoysOfB, decoysOfBoth] = [none(), none(), none(), none()];
  for (let e = 0; e < length; e++) {
    const level = levels[e];
    const a = elsewhere(matchedOfA[rowsOfA[e]], probabilities[e], sides.oneMatchForA);
    const b = elsewhere(matchedOfB[rowsOfB[e]], probabilities[e], sides.oneMatchForB);
    const each = 1 / Math.max(candidateProbability[level], LEAST_CANDIDATE_PROBABILITY);
    left[level] += each * (1 - a) * (1 - b);
    decoysOfA[level] += each * a * (1 - b);
    decoysOfB[level] += each * (1 - a) * b;
    decoysOfBoth[level] += each * a * b;
  }
  return {
    left, leftPairs: leftOfA * leftOfB, decoysOfA, decoyPairsOfA: ofA * leftOfB,
    decoysOfB, decoyPairsOfB: leftOfA * ofB, decoysOfBoth, decoyPairsOfBoth: ofA * ofB,
    leftRecords: Math.min(leftOfA, leftOfB),
  };
}

/** A level that is hardly ever found does not count for more than this many of it. */
const LEAST_CANDIDATE_PROBABILITY = 0.05;

/** Probability of each record to be matched; none where it may be matched often. */
function matchedRecords(
  rows: Uint32Array, records: number, oneMatch: boolean, probabilities: Float64Array,
): Float64Array {
  const matched = new Float64Array(records);
  if (oneMatch) for (let e = 0; e < rows.length; e++) matched[rows[e]] += probabilities[e];
  return matched;
}

function elsewhere(matched: number, here: number, oneMatch: boolean): number {
  return oneMatch ? Math.min(1, Math.max(0, matched - here)) : 0;
}

/** Decoys count as much as this many pairs that are as u says. */
const PRIOR_DECOYS = 10;
/** The levels whose chance is compared with what is there: so many chance pairs for a left record above … */
const CHANCE_PAIRS = 1;
/** … and at most so many. */
const MOST_CHANCE_PAIRS = 4;
/** Chance is corrected by at most these factors. */
const CORRECTION_BOUNDS = [0.5, 3] as const;

/**
 * Left pairs of each level that are expected by chance; 0 for the levels that are not in `keep`. Of levels
 * that tell without the residual, as u says.
 */
export function residualChance(
  residual: ResidualCounts, { nonMatch, keep }: LevelEvidence, startingOdds: Float64Array,
): Float64Array {
  const chance = new Float64Array(nonMatch.length);
  let [u, ofA, ofB, ofBoth] = [0, 0, 0, 0];
  for (let level = chance.length - 2; level >= 0; level--) {
    if (keep[level] === 0) continue;
    if (startingOdds[level] >= 1) {
      chance[level] = residual.leftPairs * nonMatch[level];
      continue;
    }
    // From the level up to the telling ones: single levels have too few decoys.
    u += nonMatch[level];
    ofA += residual.decoysOfA[level];
    ofB += residual.decoysOfB[level];
    ofBoth += residual.decoysOfBoth[level];
    const factor = (relative(ofA, u * residual.decoyPairsOfA) * relative(ofB, u * residual.decoyPairsOfB))
      / relative(ofBoth, u * residual.decoyPairsOfBoth);
    chance[level] = residual.leftPairs * nonMatch[level] * factor;
  }
  const correction = unexplained(residual, chance);
  return chance.map((pairs) => pairs * correction);
}

function relative(observed: number, expected: number): number {
  return (observed + PRIOR_DECOYS) / (expected + PRIOR_DECOYS);
}

/** How many times more left pairs there are than chance in the levels just below the telling ones. */
function unexplained({ left, leftRecords }: ResidualCounts, chance: Float64Array): number {
  let [above, observed, expected] = [0, 0, 0];
  for (let level = chance.length - 2; level >= 0; level--) {
    const before = above;
    above += chance[level];
    if (above <= CHANCE_PAIRS * leftRecords || before > MOST_CHANCE_PAIRS * leftRecords) continue;
    observed += left[level];
    expected += chance[level];
  }
  const [least, most] = CORRECTION_BOUNDS;
  return expected > 0 ? Math.min(most, Math.max(least, observed / expected)) : 1;
}

/** A level with fewer pairs by chance than this is taken to have so many. */
const LEAST_CHANCE = 1e-3;
const MOST_ODDS = 1e9;

/** Odds of a match for each level, given that both records have no other; 0 where none can be told. */
function residualOdds(
  { left, leftRecords }: ResidualCounts, chance: Float64Array, keep: Uint8Array,
  startingOdds: Float64Array,
): Float64Array {
  const beyond = risingRatios(left.map((pairs, level) => Math.max(0, pairs - chance[level])), chance);
  const odds = startingOdds.map((one) => (one >= 1 ? one : 0));
  const most = odds.reduce((least, one) => (one > 0 ? Math.min(least, one) : least), MOST_ODDS);
  let above = 0;
  for (let level = chance.length - 2; level >= 0; level--) {
    above += chance[level];
    if (odds[level] > 0 || keep[level] === 0) continue;
    if (above > CHANCE_PAIRS * leftRecords) break;
    odds[level] = Math.min(most, beyond[level] / Math.max(chance[level], LEAST_CHANCE));
  }
  return odds;
}

/** Relative change at which messages have settled between two rounds, since the next moves them anyway … */
const SETTLED_BETWEEN_ROUNDS = 0.1;
/** … and in the last: rows with many weak links hardly matter, and settle slowly. */
const SETTLED_AT_LAST = 0.01;

function posterior(
  { rowsOfA, rowsOfB, levels }: LevelLinks, sides: BipartiteSides, odds: Float64Array,
  settledAt: number,
): Float64Array {
  const telling = linksOfLevels(levels, odds);
  const weights = Float64Array.from(telling, (e) => odds[levels[e]]);
  const { recordsOfA, recordsOfB, oneMatchForA, oneMatchForB } = sides;
  const { ofA, ofB } = freeRecords(
    { rows: telling.map((e) => rowsOfA[e]), records: recordsOfA, oneMatch: oneMatchForA },
    { rows: telling.map((e) => rowsOfB[e]), records: recordsOfB, oneMatch: oneMatchForB },
    weights, settledAt);
  const probabilities = new Float64Array(levels.length);
  telling.forEach((e, k) => {
    const matched = weights[k] * ofA[k] * ofB[k];
    probabilities[e] = matched / (1 + matched);
  });
  return probabilities;
}

function linksOfLevels(levels: Uint32Array, odds: Float64Array): Uint32Array {
  let length = 0;
  for (const level of levels) length += Number(odds[level] > 0);
  const chosen = new Uint32Array(length);
  for (let e = 0, next = 0; e < levels.length; e++) if (odds[levels[e]] > 0) chosen[next++] = e;
  return chosen;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
