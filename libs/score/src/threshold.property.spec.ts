import fc from 'fast-check';
import { chooseThreshold, LEAST_EXPECTED_F, leastLinkProbability, type DecisionRule } from './threshold.js';

/** Few distinct values, so that ties are frequent; sums of sixteenths are exact in any order. */
const probabilities = fc.array(fc.nat(16).map((sixteenths) => sixteenths / 16), { maxLength: 30 });
const matches = fc.double({ min: 0.5, max: 40, noNaN: true });
const rules = fc.oneof(
  fc.constantFrom(0.5, 1, 2).map((beta): DecisionRule => ({ kind: 'maximum-expected-f', beta })),
  fc.constantFrom(0.5, 0.75, 0.9375).map((precision): DecisionRule => ({ kind: 'target-precision', precision })));

interface Choice {
  readonly threshold: number; readonly links: number; readonly precision: number; readonly recall: number;
  readonly value: number;
}

/** Every threshold that could be set, rated from the definition. */
function choices(values: readonly number[], expectedMatches: number, rule: DecisionRule): Choice[] {
  return [...new Set(values)].map((threshold) => {
    const taken = values.filter((value) => value >= threshold);
    const sum = taken.reduce((total, value) => total + value, 0);
    const precision = sum / taken.length;
    const recall = sum / Math.max(expectedMatches, sum);
    const f = (1 + (rule.kind === 'maximum-expected-f' ? rule.beta ** 2 : 0)) * precision * recall;
    const value = rule.kind === 'target-precision' ? Number(precision >= rule.precision) * recall
      : (sum === 0 ? 0 : f / (rule.beta ** 2 * precision + recall));
    return { threshold, links: taken.length, precision, recall, value };
  });
}

describe('threshold', () => {
  it('is the best of all that do not fall below the floor, whatever the rule', () => {
    fc.assert(fc.property(probabilities, matches, rules, (values, expectedMatches, rule) => {
      const all = choices(values, expectedMatches, rule)
        .filter(({ threshold }) => threshold >= leastLinkProbability(rule));
      const best = Math.max(0, ...all.map(({ value }) => value));
      const chosen = chooseThreshold(Float64Array.from(values), expectedMatches, rule);
      const own = all.find(({ links }) => links === chosen.links);
      expect(own?.value ?? 0).toBeCloseTo(best, 9);
      if (!own) return;
      expect(chosen.expectedPrecision).toBeCloseTo(own.precision, 9);
      expect(chosen.expectedRecall).toBeCloseTo(own.recall, 9);
    }), { numRuns: 500 });
  });

  it('leaves links out at the floor only where the best expected F is below a half', () => {
    fc.assert(fc.property(probabilities, matches, rules, (values, expectedMatches, rule) => {
      const all = choices(values, expectedMatches, rule);
      const best = all.reduce((one, other) => (other.value > one.value + 1e-9 ? other : one),
        { threshold: 1, links: 0, precision: 1, recall: 0, value: 0 });
      const { atFloor } = chooseThreshold(Float64Array.from(values), expectedMatches, rule);
      if (best.threshold < leastLinkProbability(rule)) expect(atFloor).toBe(true);
      if (atFloor) expect(best.value).toBeLessThan(LEAST_EXPECTED_F);
    }), { numRuns: 500 });
  });

  it('takes all links of a probability or none, in whatever order they come', () => {
    fc.assert(fc.property(probabilities, matches, rules, (values, expectedMatches, rule) => {
      const chosen = chooseThreshold(Float64Array.from(values), expectedMatches, rule);
      if (chosen.links > 0) {
        expect(chosen.links).toBe(values.filter((value) => value >= chosen.probability).length);
      }
      expect(chooseThreshold(Float64Array.from(values).reverse(), expectedMatches, rule)).toEqual(chosen);
    }), { numRuns: 200 });
  });

  it('makes no link where none would help', () => {
    const none = { probability: 1, links: 0, expectedPrecision: 1, expectedRecall: 0, atFloor: false };
    expect(chooseThreshold(new Float64Array(0), 5, { kind: 'maximum-expected-f', beta: 1 })).toEqual(none);
    expect(chooseThreshold(Float64Array.of(0.4, 0.6), 5, { kind: 'target-precision', precision: 0.7 })).toEqual(none);
    expect(chooseThreshold(Float64Array.of(0, 0), 5, { kind: 'maximum-expected-f', beta: 1 })).toEqual(none);
  });
});
