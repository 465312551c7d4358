/** Filters (`weights`: their numbers of ones) or block keys of one segment of an extract, row after row. */
export interface BlockedSegment {
  readonly records: number;
  readonly rowBytes: number;
  readonly filters: Uint8Array;
  /** 0 where the segment is missing. */
  readonly weights: Uint16Array;
  /** A hash of each filter, where it is known; the key of the `equal` table. */
  readonly hashes?: Uint32Array;
}
