/** Weight of evidence in bits, log2(m / u) (Fellegi and Sunter 1969). Positive speaks for a match. */
export function matchWeight(mProbability: number, uProbability: number): number {
  return Math.log2(mProbability / uProbability);
}

/** Pairwise posterior of a match, `prior m / (prior m + (1 - prior) u)`. */
export function matchProbability(prior: number, mProbability: number, uProbability: number): number {
  const matched = prior * mProbability;
  const either = matched + (1 - prior) * uProbability;
  return either === 0 ? 0 : matched / either;
}
