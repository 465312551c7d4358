import type { EncodedExtract } from '#libs/record';
import { vectorOfLevels, type ComparisonScheme, type SegmentLevels } from './comparison-scheme.js';
import { dice, intersection, weights } from './dice.js';
import type { ComparisonResult } from './comparison-result.js';
import { leastIntersection } from './least-intersection.js';

/**
 * The slow, readable twin of the kernel: every pair, one by one, straight from the definition.
 * Results, order and counts equal those of `compareAll`.
 */
export function compareAllByDefinition(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme,
  options: { readonly within?: boolean; readonly keep?: (vector: number) => boolean } = {},
): ComparisonResult {
  const counts = new Float64Array(scheme.vectors);
  const kept: { i: number; j: number; vector: number }[] = [];
  for (let i = 0; i < a.records; i++) {
    for (let j = options.within ? i + 1 : 0; j < b.records; j++) {
      const vector = vectorOfPair(a, i, b, j, scheme);
      counts[vector] = (counts[vector]) + 1;
      if (options.keep?.(vector)) kept.push({ i, j, vector });
    }
  }
  return {
    counts,
    pairs: {
      length: kept.length,
      rowsOfA: Uint32Array.from(kept, ({ i }) => i),
      rowsOfB: Uint32Array.from(kept, ({ j }) => j),
      vectors: Uint32Array.from(kept, ({ vector }) => vector),
    },
  };
}

/** The comparison vector of one pair, from the definition. */
export function vectorOfPair(
  a: EncodedExtract, i: number, b: EncodedExtract, j: number, scheme: ComparisonScheme,
): number {
  return vectorOfLevels(scheme, scheme.segments.map((segment, s) => {
    const filtersA = (a.segments[s] as { filters: Uint8Array }).filters;
    const filtersB = (b.segments[s] as { filters: Uint8Array }).filters;
    const bytes = segment.bits / 8;
    const weightA = (weights(filtersA.subarray(i * bytes, (i + 1) * bytes), segment.bits, 1))[0];
    const weightB = (weights(filtersB.subarray(j * bytes, (j + 1) * bytes), segment.bits, 1))[0];
    return levelOf(segment, intersection(filtersA, i, filtersB, j, segment.bits), weightA, weightB);
  }));
}

function levelOf(segment: SegmentLevels, common: number, weightA: number, weightB: number): number {
  const similarity = dice(common, weightA, weightB);
  if (Number.isNaN(similarity)) return segment.levels - 1;
  return segment.cuts.filter((_, l) => common >= leastIntersection(segment, l, weightA + weightB)).length;
}
