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
  let best: Threshold = { probability: 1, links: 0, expectedPrecision: 1, expectedRecall: 0 };
  let bestValue = 0;
  let sum = 0;
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k];
    if (sorted[k + 1] === sorted[k]) continue;
    const precision = sum / (k + 1);
    const recall = matches > 0 ? Math.min(1, sum / Math.max(matches, sum)) : 0;
    const value = ruleValue(rule, precision, recall);
    if (value > bestValue) {
      bestValue = value;
      best = {
        probability: sorted[k], links: k + 1, expectedPrecision: precision, expectedRecall: recall,
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
