import type { LookLimits } from './near-look.js';

/**
 * One table of a blocking plan. Records whose keys are equal become candidates.
 * `equal`: the key is the whole filter of the segment; `sampled`: the key is `columns` of it (Hamming LSH,
 * Indyk and Motwani 1998: two filters that differ in a share d of the columns collide with about (1 - d)^w),
 * and those that share a key are looked at in line `line` of 512 columns first.
 * `finer` are further columns, which split a bucket that is too large; all are drawn from `drawnFrom`.
 * `keyed`: the key is one that custodians sent beside the filters.
 */
export type BlockingTable = { readonly kind: 'equal'; readonly segment: number } | KeyedTable | SampledTable;

export interface SampledTable extends LookLimits {
  readonly kind: 'sampled';
  readonly segment: number;
  readonly columns: Uint16Array;
  readonly finer: Uint16Array;
  readonly drawnFrom: number;
  readonly line: number;
}

/** The key is what custodians sent with each record (64 bits): `segment` is its column, `name` the rule. */
export interface KeyedTable {
  readonly kind: 'keyed';
  readonly segment: number;
  readonly name: string;
}
