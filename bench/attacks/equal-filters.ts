import type { EncodedExtract } from '#libs/record';

/** Class of a record without a value in the segment. */
export const MISSING = -1;

/**
 * Numbers the filters of one segment: records with equal filters, and so with equal values, get equal
 * numbers from 0 in order of first appearance; `MISSING` for a filter without any one.
 */
export function equalFilters({ segments, records }: EncodedExtract, segment: number): Int32Array {
  const { filters, bits } = segments[segment];
  const bytes = bits / 8;
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: records }, (_, i) => {
    const filter = Buffer.from(filters.buffer, filters.byteOffset + i * bytes, bytes);
    if (filter.every((byte) => byte === 0)) return MISSING;
    const text = filter.toString('latin1');
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
}
