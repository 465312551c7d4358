import type { EncodedExtract } from '#libs/record';

/** Two registers that are compared, by their places among the extracts; one with itself: the same twice. */
export interface LinkageTask { readonly a: number; readonly b: number }

/**
 * Every two registers, and each register with itself where a person can have many records.
 *
 * @param settled extracts whose pairs with each other were compared in the round before.
 */
export function linkageTasks(
  extracts: readonly Pick<EncodedExtract, 'cardinality' | 'records'>[], settled: readonly boolean[] = [],
): LinkageTask[] {
  return extracts.flatMap((extract, a) => extracts.flatMap((_, b) =>
    (a < b || (a === b && extract.cardinality === 'many' && extract.records > 1) ? [{ a, b }] : [])))
    .filter(({ a, b }) => !settled[a] || !settled[b]);
}
