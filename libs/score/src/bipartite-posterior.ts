import { freeRecords } from './free-records.js';

/**
 * Candidate links between the records of two registers, as columns: row of A, row of B, likelihood ratio
 * m/u of their comparison vector.
 */
export interface CandidateLinks {
  readonly length: number;
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
  readonly likelihoodRatios: Float64Array;
}

export interface BipartiteSides {
  readonly recordsOfA: number;
  readonly recordsOfB: number;
  /** A record of A has at most one match in B (B is unique per person). */
  readonly oneMatchForA: boolean;
  /** A record of B has at most one match in A (A is unique per person). */
  readonly oneMatchForB: boolean;
}

/** Weights above this are certain; the cap keeps differences of sums exact enough. */
const MOST_WEIGHT = 1e9;

/**
 * Probability that each candidate pair is a match, normalised over the competing candidates of both
 * records (a bipartite prior, Sadinle 2017), not pair by pair: where a register is unique, a record has at
 * most one match there, so that a best candidate can be right with a modest ratio, and two equal ones
 * share. Computed by belief propagation on the graph of candidates (the monomer-dimer model; exact on
 * trees, and the graph of plausible candidates nearly is one).
 *
 * @param matches expected number of matches between the registers.
 * @returns one probability for each candidate, in the same order.
 */
export function bipartitePosterior(
  links: CandidateLinks, sides: BipartiteSides, matches: number,
): Float64Array {
  const weights = oddsIfFree(links.likelihoodRatios, sides, matches);
  const { oneMatchForA, oneMatchForB, recordsOfA, recordsOfB } = sides;
  const { ofA, ofB } = freeRecords(
    { rows: links.rowsOfA, records: recordsOfA, oneMatch: oneMatchForA },
    { rows: links.rowsOfB, records: recordsOfB, oneMatch: oneMatchForB }, weights);
  return weights.map((weight, e) => {
    const matched = weight * ofA[e] * ofB[e];
    return matched / (1 + matched);
  });
}

/** Odds of a match for each likelihood ratio, given that both records have no other. */
export function oddsIfFree(
  likelihoodRatios: Float64Array, sides: BipartiteSides, matches: number,
): Float64Array {
  const odds = priorOdds(sides, matches);
  return likelihoodRatios.map((ratio) => Math.min(MOST_WEIGHT, odds * ratio));
}

/** Odds, before comparing, that a given pair is a match against both records being free of each other. */
function priorOdds(
  { recordsOfA, recordsOfB, oneMatchForA, oneMatchForB }: BipartiteSides, matches: number,
): number {
  const freeOfA = Math.max(recordsOfA - matches, 0.5);
  const freeOfB = Math.max(recordsOfB - matches, 0.5);
  if (oneMatchForA && oneMatchForB) return matches / (freeOfA * freeOfB);
  if (oneMatchForB) return matches / (recordsOfA * freeOfB);
  if (oneMatchForA) return matches / (freeOfA * recordsOfB);
  return matches / Math.max(recordsOfA * recordsOfB - matches, 0.5);
}
