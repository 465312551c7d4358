/**
 * What decides which links are made: the highest expected F measure, or a target for the expected
 * precision of all links.
 */
export type DecisionRule =
  | { readonly kind: 'maximum-expected-f'; readonly beta: number }
  | { readonly kind: 'target-precision'; readonly precision: number };

export interface Threshold {
  /** Links are made for probabilities of at least this. */
  readonly probability: number;
  /** Number of links that reach it. */
  readonly links: number;
  readonly expectedPrecision: number;
  readonly expectedRecall: number;
  /** The rule would have made links below `LEAST_EXPECTED_F`'s threshold, which were left out. */
  readonly atFloor: boolean;
}

/** Below this expected F the classes do not separate, and its maximum is not followed further down. */
export const LEAST_EXPECTED_F = 0.5;

/**
 * Lowest probability of a link that the rule may make.
 *
 * The threshold that maximises the expected F is F / (1 + beta^2), F its value there (Lipton, Elkan and
 * Narayanaswamy 2014, theorem 1): the less can be reached, the less likely links it makes, down to nearly any
 * pair where nothing can. `LEAST_EXPECTED_F` ends that: for F1 no link is made that is wrong three times in
 * four. A target precision bounds the wrong links itself.
 */
export function leastLinkProbability(rule: DecisionRule): number {
  return rule.kind === 'target-precision' ? 0 : LEAST_EXPECTED_F / (1 + rule.beta * rule.beta);
}

/**
 * Chooses the threshold from the model's own probabilities, never from labels.
 *
 * Expected precision of the `k` likeliest links is the mean of their probabilities, expected recall the sum
 * over `matches`. Ties in probability are taken together, so that the result does not depend on order.
 *
 * @param probabilities of the links that could be made, in any order.
 * @param matches expected number of matches, found or not.
 */
export function chooseThreshold(
  probabilities: Float64Array, matches: number, rule: DecisionRule,
): Threshold {
  const sorted = Float64Array.from(probabilities).sort().reverse();
  const floor = leastLinkProbability(rule);
  let best: Threshold = { probability: 1, links: 0, expectedPrecision: 1, expectedRecall: 0, atFloor: false };
  let bestValue = 0;
  let sum = 0;
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k];
    if (sorted[k + 1] === sorted[k]) continue;
    const precision = sum / (k + 1);
    const recall = matches > 0 ? Math.min(1, sum / Math.max(matches, sum)) : 0;
    const value = ruleValue(rule, precision, recall);
    if (value > bestValue) {
      if (sorted[k] < floor) return { ...best, atFloor: true };
      bestValue = value;
      best = {
        probability: sorted[k], links: k + 1, expectedPrecision: precision, expectedRecall: recall,
        atFloor: false,
      };
    }
  }
  return best;
}

function ruleValue(rule: DecisionRule, precision: number, recall: number): number {
  if (rule.kind === 'target-precision') return precision >= rule.precision ? recall : 0;
  const weight = rule.beta * rule.beta;
  const total = weight * precision + recall;
  return total === 0 ? 0 : ((1 + weight) * precision * recall) / total;
}
