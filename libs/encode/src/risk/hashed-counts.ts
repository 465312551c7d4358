import { frequencyStatistics, type FrequencyStatistics } from './value-frequencies.js';

/** Words of a slot: the two halves of the hash, then the count, 0 where the slot is empty. */
const SLOT = 3;

/**
 * Counts equal values by a hash of 64 bits that the caller computes: `ValueFrequencies` in a typed array, 12
 * bytes a slot, two slots a value that is kept. Beyond `capacity` different values, those of half the range
 * of hashes are dropped, as there.
 */
export class HashedCounts {
  /** Linear probing; what belongs to a slot lies together, as a look-up costs a wait for memory. */
  private slots: Uint32Array;
  private readonly mask: number;
  private range = 2 ** 32;
  private size = 0;
  private rows = 0;

  /** @param capacity a power of two. */
  constructor(private readonly capacity: number) {
    this.mask = 2 * capacity - 1;
    this.slots = this.emptyTable();
  }

  /** Both halves are unsigned, each well mixed. */
  add(high: number, low: number): void {
    this.rows++;
    if (high >= this.range) return;
    const at = this.placeOf(high, low);
    const { slots } = this;
    if (slots[at + 2]++ > 0) return;
    slots[at] = high;
    slots[at + 1] = low;
    this.size++;
    while (this.size > this.capacity) this.halve();
  }

  statistics(): FrequencyStatistics {
    const counts = new Uint32Array(this.size);
    let found = 0;
    for (let at = 2; found < counts.length; at += SLOT) {
      if (this.slots[at] > 0) counts[found++] = this.slots[at];
    }
    return frequencyStatistics(counts, this.rows, this.range / 2 ** 32);
  }

  private placeOf(high: number, low: number): number {
    const { slots, mask } = this;
    let slot = low & mask;
    for (let at = slot * SLOT; slots[at + 2] > 0; at = slot * SLOT) {
      if (slots[at + 1] === low && slots[at] === high) return at;
      slot = (slot + 1) & mask;
    }
    return slot * SLOT;
  }

  private halve(): void {
    this.range /= 2;
    const { slots } = this;
    this.slots = this.emptyTable();
    this.size = 0;
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 2] === 0 || slots[at] >= this.range) continue;
      const to = this.placeOf(slots[at], slots[at + 1]);
      for (let i = 0; i < SLOT; i++) this.slots[to + i] = slots[at + i];
      this.size++;
    }
  }

  private emptyTable(): Uint32Array {
    return new Uint32Array((this.mask + 1) * SLOT);
  }
}
