import type { NearLook, SharedFilters, SharedKernel } from '#libs/compare';

/** A table of candidate generation: what its keys are made of, and which pairs of a bucket are near. */
export interface NearTable extends NearLook {
  readonly columns: Uint16Array;
}

type Place = readonly [extract: number, row: number];

function filterOf({ memory, extracts }: SharedFilters, [extract, row]: Place, segment: number): Uint8Array {
  const { filters, bits } = extracts[extract].segments[segment];
  const bytes = 64 * Math.ceil(bits / 512);
  return new Uint8Array(memory.buffer, filters + row * bytes, bytes);
}

const isPresent = (filter: Uint8Array): boolean => filter.some((byte) => byte !== 0);

const differing = (a: Uint8Array, b: Uint8Array, from: number, to: number): number =>
  a.subarray(from, to).reduce((sum, byte, k) =>
    sum + (byte ^ b[from + k]).toString(2).replaceAll('0', '').length, 0);

/** Slow twin of the kernels: two rows by the definition of a look. */
export function isNearByDefinition(
  filters: SharedFilters, a: Place, b: Place, { segment, line, mostInHalf, mostInLine }: NearLook,
): boolean {
  const [ofA, ofB] = [filterOf(filters, a, segment), filterOf(filters, b, segment)];
  const inHalf = differing(ofA, ofB, 64 * line, 64 * line + 32);
  const inLine = inHalf + differing(ofA, ofB, 64 * line + 32, 64 * line + 64);
  return inHalf <= mostInHalf && inLine <= mostInLine && ofA.some((byte, k) => byte !== ofB[k]);
}

/** All near pairs that share a key, in ascending order; within an extract each once. */
export function nearByDefinition(filters: SharedFilters, a: number, b: number, table: NearTable): number[][] {
  const keyOf = (place: Place): string => Array.from(table.columns, (column) =>
    (filterOf(filters, place, table.segment)[column >> 3] >> (7 - (column & 7))) & 1).join('');
  const rowsOf = (extract: number): number[] =>
    Array.from({ length: filters.extracts[extract].records }, (_, row) => row)
      .filter((row) => isPresent(filterOf(filters, [extract, row], table.segment)));
  return rowsOf(a).flatMap((i) => rowsOf(b)
    .filter((j) => (a !== b || i < j) && keyOf([a, i]) === keyOf([b, j])
      && isNearByDefinition(filters, [a, i], [b, j], table))
    .map((j) => [i, j]));
}

export function pairsOf(kernel: SharedKernel, length: number): number[][] {
  return Array.from({ length }, (_, p) => Array.from(kernel.pairs.subarray(2 * p, 2 * p + 2)));
}

/** What a kernel finds, in ascending order. */
export function foundNear(kernel: SharedKernel, table: NearTable, within: boolean): number[][] {
  return foundInOrder(kernel, table, within).sort(([i, j], [k, l]) => i - k || j - l);
}

/** What a kernel finds, as it comes. */
export function foundInOrder(kernel: SharedKernel, table: NearTable, within: boolean): number[][] {
  kernel.index('a', table.segment, table.columns);
  if (!within) kernel.index('b', table.segment, table.columns);
  const search = kernel.searchNear(table, 1e9);
  const found: number[][] = [];
  while (!search.done) found.push(...pairsOf(kernel, search.next()));
  return found;
}
