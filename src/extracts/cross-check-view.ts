/** How the filters of a segment of two extracts go together. */
export class SegmentCheckView {
  readonly segment!: string;
  /** `same`, `other-bit-order`, `different` or `unclear`. */
  readonly agreement!: string;
  /** Standard deviations from what different keys give, rounded. */
  readonly observed!: number;
  /** What equal keys would give. */
  readonly expected!: number;
}

/** Whether the extracts of two registers were encoded with one key and order of bits. Nothing of links. */
export class CrossCheckView {
  readonly registers!: string[];
  /** The worst of the segments; one that agrees proves the key. */
  readonly verdict!: string;
  readonly segments!: SegmentCheckView[];
  readonly checkedAt!: string;
}
