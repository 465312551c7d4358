import { frequencyStatistics, type FrequencyStatistics } from './value-frequencies.js';

/**
 * Counts equal values by a hash of 64 bits that the caller computes: `ValueFrequencies` in typed arrays, 12
 * bytes a slot, two slots a value that is kept. Beyond `capacity` different values, those of half the range
 * of hashes are dropped, as there.
 */
export class HashedCounts {
  private high: Uint32Array;
  private low: Uint32Array;
  /** 0 for an empty slot. Linear probing. */
  private counts: Uint32Array;
  private readonly mask: number;
  private range = 2 ** 32;
  private size = 0;
  private rows = 0;

  /** @param capacity a power of two. */
  constructor(private readonly capacity: number) {
    this.mask = 2 * capacity - 1;
    [this.high, this.low, this.counts] = this.emptyTable();
  }

  /** Both halves are unsigned, each well mixed. */
  add(high: number, low: number): void {
    this.rows++;
    if (high >= this.range) return;
    const slot = this.slotOf(high, low);
    if (this.counts[slot]++ > 0) return;
    this.high[slot] = high;
    this.low[slot] = low;
    this.size++;
    while (this.size > this.capacity) this.halve();
  }

  statistics(): FrequencyStatistics {
    return frequencyStatistics(this.counts.filter((count) => count > 0), this.rows, this.range / 2 ** 32);
  }

  private slotOf(high: number, low: number): number {
    let slot = low & this.mask;
    while (this.counts[slot] > 0 && (this.low[slot] !== low || this.high[slot] !== high)) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  private halve(): void {
    this.range /= 2;
    const { high, low, counts } = this;
    [this.high, this.low, this.counts] = this.emptyTable();
    this.size = 0;
    for (let slot = 0; slot < counts.length; slot++) {
      if (counts[slot] === 0 || high[slot] >= this.range) continue;
      const to = this.slotOf(high[slot], low[slot]);
      this.high[to] = high[slot];
      this.low[to] = low[slot];
      this.counts[to] = counts[slot];
      this.size++;
    }
  }

  private emptyTable(): [Uint32Array, Uint32Array, Uint32Array] {
    const slots = this.mask + 1;
    return [new Uint32Array(slots), new Uint32Array(slots), new Uint32Array(slots)];
  }
}
