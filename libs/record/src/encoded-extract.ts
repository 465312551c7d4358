import type { Register } from './register.js';

/** Shape of one segment: a named group of fields that shares one filter. */
export interface SegmentShape {
  /** Name in the encoding spec, `[a-z][a-zA-Z0-9_-]{0,63}`. */
  readonly name: string;
  /** Filter length in bits; a positive multiple of 8. */
  readonly bits: number;
  /**
   * A column of block keys instead of filters: equal or not, and nothing else. Such columns have
   * `BLOCK_KEY_BITS` and come after all filters.
   */
  readonly block?: true;
}

/** Length of a block key. */
export const BLOCK_KEY_BITS = 64;

/** The segments that are filters; they come before the columns of block keys. */
export function filterSegments<Shape extends SegmentShape>(segments: readonly Shape[]): readonly Shape[] {
  return segments.filter(({ block }) => block !== true);
}

/** The columns of block keys, after the filters. */
export function blockColumns<Shape extends SegmentShape>(segments: readonly Shape[]): readonly Shape[] {
  return segments.filter(({ block }) => block === true);
}

/**
 * The filters (or block keys) of one segment for every record of an extract, packed row after row.
 *
 * `filters` has `records * bits / 8` bytes. Bit `i` of a filter is bit `7 - (i mod 8)` of byte
 * `i >> 3` (most significant bit first, as clkhash writes it).
 * An all-zero filter means that the segment is missing for that record, whatever the hardening.
 */
export interface SegmentFilters extends SegmentShape {
  readonly filters: Uint8Array;
}

/**
 * What the linkage stages see of an extract: filters and nothing else. Records are addressed by their
 * row, 0-based, in the order of delivery; the opaque record ids stay with the caller.
 */
export interface EncodedExtract extends Register {
  readonly records: number;
  /** Same names, lengths and order in every extract that is linked together; block keys last. */
  readonly segments: readonly SegmentFilters[];
}
