import { filterSegments, type EncodedExtract, type SegmentShape } from '#libs/record';
import { MAX_VECTORS } from './comparison-scheme.js';
import { dice, intersection } from './dice.js';

/** First step above the middle of chance similarity, in its standard deviations, if there are many steps. */
const FIRST_STEP = 0.5;
/** With few steps the first ends where this many standard deviations, divided by the steps, do. */
const REACH_OF_FEW_STEPS = 6;
/** A single segment is all the evidence there is: this many times as many steps, so that hardly any tie. */
const FINER_ALONE = 4;
/** Interquartile range of a normal distribution, in standard deviations. */
const NORMAL_INTERQUARTILE_RANGE = 1.349;
/** Cut points closer than this are one. */
const LEAST_STEP = 0.001;

/** Two extracts and random pairs of their records (row of A and row of B in turn). */
export interface ChancePairs {
  readonly a: EncodedExtract;
  readonly b: EncodedExtract;
  readonly pairs: Uint32Array;
}

/**
 * Chooses each segment's cut points from random pairs, almost all of which are non-matches: growing steps
 * from the middle of chance similarity to 1. Narrow ones where chance ends, because a little more than
 * chance in several segments is what tells a match with errors; wide ones above, where nothing else is. So
 * the levels lie where they tell something, for plain filters (chance similarity is broad) and for diffused
 * ones (a narrow peak, and near matches just beside it) alike.
 *
 * @param samples random pairs of one or more pairs of registers.
 * @param steps number of steps, at least 1; fewer where `MAX_VECTORS` allows fewer, four times as many where
 *   there is one segment.
 * @returns cut points of each segment, ascending, the last one 1 (equal filters); at most `MAX_SEGMENTS`
 *   segments.
 */
export function chooseCuts(
  samples: readonly ChancePairs[], steps: number,
): (SegmentShape & { cuts: number[] })[] {
  const shapes = filterSegments(samples[0].a.segments);
  const mostCuts = Math.floor(MAX_VECTORS ** (1 / shapes.length) + 1e-9) - 2;
  const wanted = shapes.length === 1 ? FINER_ALONE * steps : steps;
  return shapes.map(({ name, bits }, s) => {
    const similarities = samples.flatMap((sample) => chanceSimilarities(sample, s, bits));
    return { name, bits, cuts: cutsFromSimilarities(similarities, Math.min(wanted, mostCuts)) };
  });
}

function chanceSimilarities({ a, b, pairs }: ChancePairs, s: number, bits: number): number[] {
  const filtersA = a.segments[s].filters;
  const filtersB = b.segments[s].filters;
  const similarities: number[] = [];
  for (let k = 0; k < pairs.length; k += 2) {
    const weightA = intersection(filtersA, pairs[k], filtersA, pairs[k], bits);
    const weightB = intersection(filtersB, pairs[k + 1], filtersB, pairs[k + 1], bits);
    if (weightA === 0 || weightB === 0) continue;
    similarities.push(dice(intersection(filtersA, pairs[k], filtersB, pairs[k + 1], bits), weightA, weightB));
  }
  return similarities;
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
  const first = Math.max(FIRST_STEP, REACH_OF_FEW_STEPS / steps) * deviation;
  const growth = growthOfSteps(first, 1 - middle, steps);
  let cut = middle;
  let step = Math.min(first, (1 - middle) / steps);
  return distinct(Array.from({ length: steps - 1 }, () => {
    cut += step;
    step *= growth;
    return cut;
  }));
}

/** By which factor `steps` steps have to grow from `first` to cover `range`; 1 where equal ones do. */
function growthOfSteps(first: number, range: number, steps: number): number {
  if (first * steps >= range || first <= 0) return 1;
  const covered = (growth: number): number => (first * (growth ** steps - 1)) / (growth - 1);
  let [low, high] = [1 + 1e-9, 2];
  while (covered(high) < range) high *= 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (covered(middle) < range) low = middle;
    else high = middle;
  }
  return low;
}

/** Rounded, ascending, apart, within (0, 1); and 1 last. */
function distinct(cuts: readonly number[]): number[] {
  const result: number[] = [];
  for (const cut of cuts.map((exact) => Math.round(exact * 1e4) / 1e4)) {
    if (cut > (result.at(-1) ?? 0) + LEAST_STEP && cut < 1 - LEAST_STEP) result.push(cut);
  }
  return [...result, 1];
}
