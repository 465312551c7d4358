/** What the filters of a segment look like together; no single filter can be told from it. */
export interface FilterSummary {
  readonly records: number;
  /** All-zero filters: the segment is missing. They are left out of the other figures. */
  readonly missing: number;
  /** Mean, least and greatest share of ones; 0 when every filter is missing. */
  readonly fillMean: number;
  readonly fillMin: number;
  readonly fillMax: number;
  /**
   * Standard deviation of the number of ones over that of a binomial with the same mean: about 1 for
   * hardened filters, about 2 for plain ones, whose weight tells the length of the value.
   */
  readonly weightDispersion: number;
}

const ONES_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Collects the weights of the filters of one segment of `bits` bits. */
export class FilterStatistics {
  private records = 0;
  private present = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private least = Infinity;
  private greatest = 0;

  constructor(private readonly bits: number) {}

  /** Counts the filter at `offset` of `bytes`. */
  add(bytes: Uint8Array, offset: number): void {
    let ones = 0;
    for (let at = offset; at < offset + this.bits / 8; at++) ones += ONES_OF_BYTE[bytes[at]];
    this.addOnes(ones);
  }

  /** Counts a filter with so many ones. */
  addOnes(ones: number): void {
    this.records++;
    if (ones === 0) return;
    this.present++;
    this.sum += ones;
    this.sumOfSquares += ones * ones;
    this.least = Math.min(this.least, ones);
    this.greatest = Math.max(this.greatest, ones);
  }

  summary(): FilterSummary {
    const { records, present, bits } = this;
    const missing = records - present;
    if (present === 0) return { records, missing, fillMean: 0, fillMin: 0, fillMax: 0, weightDispersion: 0 };
    const mean = this.sum / present;
    const share = mean / bits;
    const variance = Math.max(0, this.sumOfSquares / present - mean * mean);
    const binomial = bits * share * (1 - share);
    return {
      records, missing, fillMean: share, fillMin: this.least / bits, fillMax: this.greatest / bits,
      weightDispersion: binomial === 0 ? 0 : Math.sqrt(variance / binomial),
    };
  }
}
