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

const MOST_ROUNDS = 100;
/** Relative change of a message: beside a weight of 10^9, a message of 10^-9 decides. */
const SETTLED_AT = 1e-6;
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
  const odds = priorOdds(sides, matches);
  const weights = links.likelihoodRatios.map((ratio) => Math.min(MOST_WEIGHT, odds * ratio));
  // freeA[e]: probability that A's record is unmatched by its other candidates; freeB likewise.
  const freeA = new Float64Array(links.length).fill(1);
  const freeB = new Float64Array(links.length).fill(1);
  if (sides.oneMatchForA || sides.oneMatchForB) {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (propagate(links, sides, weights, freeA, freeB) < SETTLED_AT) break;
    }
  }
  return weights.map((weight, e) => {
    const matched = weight * freeA[e] * freeB[e];
    return matched / (1 + matched);
  });
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

/** One round over all messages, damped by their geometric mean; returns the largest relative change. */
function propagate(
  links: CandidateLinks, sides: BipartiteSides, weights: Float64Array,
  freeA: Float64Array, freeB: Float64Array,
): number {
  const sumsOfA = new Float64Array(sides.recordsOfA);
  const sumsOfB = new Float64Array(sides.recordsOfB);
  for (let e = 0; e < links.length; e++) {
    sumsOfA[links.rowsOfA[e]] += weights[e] * freeB[e];
    sumsOfB[links.rowsOfB[e]] += weights[e] * freeA[e];
  }
  let change = 0;
  for (let e = 0; e < links.length; e++) {
    const othersOfA = Math.max(0, sumsOfA[links.rowsOfA[e]] - weights[e] * freeB[e]);
    const othersOfB = Math.max(0, sumsOfB[links.rowsOfB[e]] - weights[e] * freeA[e]);
    const nextA = sides.oneMatchForA ? 1 / (1 + othersOfA) : 1;
    const nextB = sides.oneMatchForB ? 1 / (1 + othersOfB) : 1;
    change = Math.max(change, Math.abs(nextA / freeA[e] - 1), Math.abs(nextB / freeB[e] - 1));
    freeA[e] = Math.sqrt(freeA[e] * nextA);
    freeB[e] = Math.sqrt(freeB[e] * nextB);
  }
  return change;
}
