import { mixed } from './filter-hash.js';

// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { imul } = Math;

/** How often the values of a column of filters occur, without the values. */
export interface FrequencyStatistics {
  /** Different values (estimated where `sampled` < 1). */
  readonly distinct: number;
  /** Share of rows whose value some other row has too. */
  readonly duplicateShare: number;
  /** Rows of the most frequent value that was kept. */
  readonly greatestMultiplicity: number;
  /** `greatestMultiplicity` over the rows; 0 where it is at most 5, which any population has. */
  readonly greatestShare: number;
  /**
   * Share of rows whose value is frequent (5 rows or more) and whose frequency no other value has: who knows
   * the frequencies of the names reads these values off.
   */
  readonly alignableShare: number;
  /** Share of the different values that are kept and counted. */
  readonly sampled: number;
}

const FREQUENT = 5;

/**
 * Counts equal values by a 53-bit hash. Memory is bounded: when more than `capacity` different values have
 * come, those of half the range of hashes are dropped, and the figures are of the sample that stays, whose
 * counts are exact (distinct sampling, Gibbons 2001). Ties that were dropped make `alignableShare` too
 * high, never too low, apart from chance.
 */
export class ValueFrequencies {
  private readonly counts = new Map<number, number>();
  private range = 2 ** 53;
  private rows = 0;

  constructor(private readonly capacity = 1 << 20) {}

  /** Counts the value `bytes[from .. to)`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.rows++;
    const hash = hashOf(bytes, from, to);
    if (hash >= this.range) return;
    this.counts.set(hash, (this.counts.get(hash) ?? 0) + 1);
    while (this.counts.size > this.capacity) {
      this.range /= 2;
      for (const kept of this.counts.keys()) if (kept >= this.range) this.counts.delete(kept);
    }
  }

  statistics(): FrequencyStatistics {
    return frequencyStatistics(this.counts.values(), this.rows, this.range / 2 ** 53);
  }
}

/**
 * @param counts of the different values that were kept.
 * @param rows in all; `sampled` as in `FrequencyStatistics`.
 */
export function frequencyStatistics(
  counts: Iterable<number>, rows: number, sampled: number,
): FrequencyStatistics {
  const valuesOfFrequency = new Map<number, number>();
  for (const count of counts) valuesOfFrequency.set(count, (valuesOfFrequency.get(count) ?? 0) + 1);
  let [kept, distinct, duplicates, alignable, greatest] = [0, 0, 0, 0, 0];
  for (const [frequency, values] of valuesOfFrequency) {
    kept += frequency * values;
    distinct += values;
    if (frequency > 1) duplicates += frequency * values;
    if (frequency >= FREQUENT && values === 1) alignable += frequency;
    greatest = Math.max(greatest, frequency);
  }
  return {
    distinct: Math.round(distinct / sampled), duplicateShare: share(duplicates, kept),
    greatestMultiplicity: greatest, greatestShare: greatest > FREQUENT ? share(greatest, rows) : 0,
    alignableShare: share(alignable, kept), sampled,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Two multiplicative 32-bit hashes joined to 53 bits: good enough to tell filters apart, no secret in it. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let at = from; at < to; at++) {
    high = imul(high ^ bytes[at], 0x01000193);
    low = imul(low ^ bytes[at], 0x5bd1e995);
    low ^= low >>> 15;
  }
  return (mixed(high) >>> 11) * 2 ** 32 + mixed(low ^ high);
}
