import { FilterStatistics, type FilterSummary } from '../filter-statistics.js';
import { bitCorrelation, RowSample } from './bit-correlation.js';
import { ValueFrequencies, type FrequencyStatistics } from './value-frequencies.js';

// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { clz32 } = Math;

/**
 * What the filters of one segment tell together about the values in them. Missing (all zero) filters count
 * in `records` and `missingShare` alone. Shares are 0 to 1.
 */
export interface RiskStatistics {
  readonly records: number;
  /** Share of records without a filter. */
  readonly missingShare: number;
  /** Share of filters with every bit set. */
  readonly fullShare: number;
  readonly fillMean: number;
  readonly fillMin: number;
  readonly fillMax: number;
  /** Share of filters with a fill below 0.25 or above 0.75: very short or very long values. */
  readonly outlyingShare: number;
  /** Deviation of the number of ones over the binomial's: above 1, weights tell the lengths of the values. */
  readonly weightDispersion: number;
  /** Different values. */
  readonly distinct: number;
  readonly duplicateShare: number;
  readonly greatestMultiplicity: number;
  readonly greatestShare: number;
  readonly alignableShare: number;
  /** Share of columns that are set in more than 95 % or fewer than 2 % of the filters. */
  readonly skewedColumns: number;
  /** Number of columns that are equal in all filters. */
  readonly constantColumns: number;
  /** Mean entropy of the columns, bits. */
  readonly entropy: number;
  /** See `bitCorrelation`; of at most 5,000 filters, because it grows with their number. */
  readonly correlation: number;
}

/** Filters whose bits are correlated at most. */
export const CORRELATION_ROWS = 5000;

/** What the risk statistics of one segment are made of. */
export interface FilterFindings {
  readonly bits: number;
  readonly fill: FilterSummary;
  /** Filters with every bit set, and those of a fill below 0.25 or above 0.75. */
  readonly full: number;
  readonly outlying: number;
  /** By bit, the share of the filters that have it; empty where there is no filter. */
  readonly shares: ArrayLike<number>;
  readonly frequencies: FrequencyStatistics;
  /** See `bitCorrelation`. */
  readonly sample: readonly Uint8Array[];
}

/** Collects the risk statistics of one segment of `bits` bits, row by row, in bounded memory. */
export class FilterRisk {
  private readonly weights: FilterStatistics;
  private readonly frequencies = new ValueFrequencies();
  private readonly sample = new RowSample(CORRELATION_ROWS);
  private readonly ones: Float64Array;
  private full = 0;
  private outlying = 0;

  constructor(private readonly bits: number) {
    this.weights = new FilterStatistics(bits);
    this.ones = new Float64Array(bits);
  }

  /** Takes the filter at `offset` of `bytes`. */
  add(bytes: Uint8Array, offset: number): void {
    this.weights.add(bytes, offset);
    const end = offset + this.bits / 8;
    const ones = this.countColumns(bytes, offset, end);
    if (ones === 0) return;
    if (ones === this.bits) this.full++;
    if (isOutlying(ones, this.bits)) this.outlying++;
    this.frequencies.add(bytes, offset, end);
    this.sample.add(bytes, offset, end);
  }

  statistics(): RiskStatistics {
    const { bits, full, outlying } = this;
    return riskStatistics({
      bits, full, outlying, fill: this.weights.summary(), shares: this.columnShares(),
      frequencies: this.frequencies.statistics(), sample: this.sample.sample(),
    });
  }

  /** For each bit the share of filters in which it is set; empty where there is no filter. */
  columnShares(): Float64Array {
    const { records, missing } = this.weights.summary();
    return sharesOf(this.ones, records - missing);
  }

  private countColumns(bytes: Uint8Array, from: number, to: number): number {
    const { ones } = this;
    let total = 0;
    for (let at = from; at < to; at++) {
      let rest = bytes[at];
      const first = (at - from) * 8;
      while (rest !== 0) {
        const bit = clz32(rest) - 24;
        rest ^= 0x80 >> bit;
        ones[first + bit]++;
        total++;
      }
    }
    return total;
  }
}

/** @param ones of a filter of `bits` bits. */
export function isOutlying(ones: number, bits: number): boolean {
  return ones < 0.25 * bits || ones > 0.75 * bits;
}

/** By bit, the share of `filters` that have it; empty where there is no filter. */
export function sharesOf(ones: ArrayLike<number>, filters: number): Float64Array {
  return filters === 0 ? new Float64Array(0) : Float64Array.from(ones, (count) => count / filters);
}

/** The statistics of what was collected; the same however it was. */
export function riskStatistics(findings: FilterFindings): RiskStatistics {
  const { bits, fill: { records, missing, ...fill }, full, outlying, frequencies, sample } = findings;
  const present = records - missing;
  const shares = Array.from(findings.shares);
  const { distinct, duplicateShare, greatestMultiplicity, greatestShare, alignableShare } = frequencies;
  return {
    records, missingShare: records === 0 ? 0 : missing / records,
    fullShare: present === 0 ? 0 : full / present,
    outlyingShare: present === 0 ? 0 : outlying / present, ...fill,
    distinct, duplicateShare, greatestMultiplicity, greatestShare, alignableShare,
    skewedColumns: shares.filter((p) => p > 0.95 || p < 0.02).length / bits,
    constantColumns: shares.filter((p) => p === 0 || p === 1).length,
    entropy: shares.reduce((sum, p) => sum + entropyOf(p), 0) / bits,
    correlation: bitCorrelation(sample, bits),
  };
}

function entropyOf(p: number): number {
  return p === 0 || p === 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}
