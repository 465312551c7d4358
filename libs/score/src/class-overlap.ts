/**
 * How far the classes overlap: errors of the best decision on every pair by itself, for each match. A pair
 * whose probability is p is decided wrongly with min(p, 1 - p) at best (Bayes error), and a match that no
 * pair shows is missed whatever is decided.
 *
 * 0: every pair is surely a match or surely none. From some tenths on, what the model says of its own error
 * rests on pairs that it cannot tell apart (Winkler 2006: such estimates hold where matches are separated).
 *
 * @param probabilities of the pairs that were scored; @param matches expected number, scored or not.
 * @returns 0 where no match is expected; more than 1 where wrong links outnumber the matches.
 */
export function classOverlap(probabilities: Float64Array, matches: number): number {
  let [errors, scored] = [0, 0];
  for (const probability of probabilities) {
    errors += Math.min(probability, 1 - probability);
    scored += probability;
  }
  return matches > 0 ? (errors + Math.max(0, matches - scored)) / matches : 0;
}
