import type { EncodedExtract, SegmentShape } from '#libs/record';
import { MAX_VECTORS } from './comparison-scheme.js';
import { dice, intersection, weights } from './dice.js';

/** Standard deviations above the middle of chance similarity: about 10 %, 1 %, 0.1 % and 0.01 % lie above. */
const CHANCE_DEVIATIONS = [1.28, 2.33, 3.09, 3.72] as const;
/** Interquartile range of a normal distribution, in standard deviations. */
const NORMAL_INTERQUARTILE_RANGE = 1.349;
/** Cut points closer than this are one. */
const LEAST_STEP = 0.002;

/** Two extracts and random pairs of their records (row of A and row of B in turn). */
export interface ChancePairs {
  readonly a: EncodedExtract;
  readonly b: EncodedExtract;
  readonly pairs: Uint32Array;
}

/**
 * Chooses each segment's cut points from random pairs, almost all of which are non-matches: the lower ones
 * where chance similarity ends (its upper 10 %, 1 %, 0.1 %, 0.01 %), the others in equal steps from there
 * to 1. So the levels lie where they tell something, for plain filters (chance similarity is broad) and for
 * diffused ones (chance similarity is a narrow peak) alike.
 *
 * @param samples random pairs of one or more pairs of registers; 10^5 pairs or more resolve the tails,
 *   fewer move the cut points up.
 * @param steps number of equal steps in the upper part, at least 1.
 * @returns cut points of each segment, ascending, the last one 1 (equal filters), as many as
 *   `MAX_VECTORS` allows; at most `MAX_SEGMENTS` segments.
 */
export function chooseCuts(
  samples: readonly ChancePairs[], steps: number,
): (SegmentShape & { cuts: number[] })[] {
  const shapes = samples[0].a.segments;
  const mostCuts = Math.floor(MAX_VECTORS ** (1 / shapes.length) + 1e-9) - 2;
  return shapes.map(({ name, bits }, s) => {
    const similarities = samples.flatMap((sample) => chanceSimilarities(sample, s, bits));
    return { name, bits, cuts: thinned(cutsFromSimilarities(similarities, steps), mostCuts) };
  });
}

function chanceSimilarities({ a, b, pairs }: ChancePairs, s: number, bits: number): number[] {
  const filtersA = a.segments[s].filters;
  const filtersB = b.segments[s].filters;
  const weightsA = weights(filtersA, bits, a.records);
  const weightsB = a === b ? weightsA : weights(filtersB, bits, b.records);
  const similarities: number[] = [];
  for (let k = 0; k < pairs.length; k += 2) {
    const weightA = weightsA[pairs[k]];
    const weightB = weightsB[pairs[k + 1]];
    if (weightA === 0 || weightB === 0) continue;
    similarities.push(dice(intersection(filtersA, pairs[k], filtersB, pairs[k + 1], bits), weightA, weightB));
  }
  return similarities;
}

/** At most `most` of the cut points, evenly, the last one always kept. */
function thinned(cuts: readonly number[], most: number): number[] {
  if (cuts.length <= most) return [...cuts];
  return Array.from({ length: most }, (_, k) => cuts[cuts.length - 1 - Math.floor((k * cuts.length) / most)])
    .reverse();
}

/**
 * The cut points for a sample of chance similarities; `[1]` where there is none. The middle and the width
 * of the chance peak come from quartiles: values that many people share must not move the cut points up.
 */
export function cutsFromSimilarities(similarities: readonly number[], steps: number): number[] {
  if (similarities.length === 0) return [1];
  const sorted = Float64Array.from(similarities).sort();
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  const middle = quantile(0.5);
  const deviation = (quantile(0.75) - quantile(0.25)) / NORMAL_INTERQUARTILE_RANGE;
  const chance = CHANCE_DEVIATIONS.map((deviations) => middle + deviations * deviation);
  const start = chance[chance.length - 1];
  const above = Array.from({ length: steps - 1 }, (_, step) => start + ((1 - start) * (step + 1)) / steps);
  return distinct([...chance, ...above]);
}

/** Rounded, ascending, apart, within (0, 1); and 1 last. */
function distinct(cuts: readonly number[]): number[] {
  const result: number[] = [];
  for (const cut of cuts.map((exact) => Math.round(exact * 1e4) / 1e4)) {
    if (cut > (result.at(-1) ?? 0) + LEAST_STEP && cut < 1 - LEAST_STEP) result.push(cut);
  }
  return [...result, 1];
}
