import type { SegmentShape } from '#libs/record';

/**
 * How a pair becomes a comparison vector: each segment's similarity falls into an ordered level.
 *
 * A segment with `c` cut points has the observed levels 0..c (the number of cut points reached) and the
 * level `c + 1` for *missing on either side*. The vector is one number, `sum level_s * stride_s`.
 */
export interface ComparisonScheme {
  readonly segments: readonly SegmentLevels[];
  /** Number of distinct vectors. */
  readonly vectors: number;
}

export interface SegmentLevels extends SegmentShape {
  /** Dice similarities, ascending, each in (0, 1]: level `l` means at least `cuts[l - 1]` was reached. */
  readonly cuts: readonly number[];
  /** `cuts.length + 2`: observed levels and missing. */
  readonly levels: number;
  readonly stride: number;
}

/** At most this many distinct vectors: their counts stay in the processor's cache. */
export const MAX_VECTORS = 65536;
/** With more segments there are not enough vectors for *equal*, *not equal* and *missing* in each: 3^10. */
export const MAX_SEGMENTS = 10;

export function comparisonScheme(
  segments: readonly (SegmentShape & { readonly cuts: readonly number[] })[],
): ComparisonScheme {
  let stride = 1;
  const levels = segments.map(({ name, bits, cuts }): SegmentLevels => {
    assertAscending(name, cuts);
    const segment = { name, bits, cuts, levels: cuts.length + 2, stride };
    stride *= segment.levels;
    return segment;
  });
  if (stride > MAX_VECTORS) {
    throw new RangeError(`a comparison scheme has at most ${MAX_VECTORS} vectors, got ${stride}`);
  }
  return { segments: levels, vectors: stride };
}

function assertAscending(name: string, cuts: readonly number[]): void {
  const ascending = cuts.every((cut, l) => cut > (cuts[l - 1] ?? 0) && cut <= 1);
  if (!ascending) throw new RangeError(`cut points of segment ${name} must ascend within (0, 1]`);
}

/** Level of each segment of a vector, in the order of the scheme. */
export function levelsOfVector(scheme: ComparisonScheme, vector: number): number[] {
  return scheme.segments.map(({ levels, stride }) => Math.floor(vector / stride) % levels);
}

/** The vector that has these levels. */
export function vectorOfLevels(scheme: ComparisonScheme, levels: readonly number[]): number {
  return scheme.segments.reduce((vector, { stride }, s) => vector + (levels[s]) * stride, 0);
}

/** The level that means *missing on either side*. */
export function missingLevel(segment: SegmentLevels): number {
  return segment.levels - 1;
}
