import { WORD, filterBitOf } from './bit-matrix.js';

/** Filters whose words are added at once. */
const GROUP = 4;
/** Words of as many bits count to 255. */
const PLANES = 8;
const GROUPS_AT_MOST = Math.floor((2 ** PLANES - 1) / GROUP);

/**
 * How often each bit is set in filters of words. Counts are kept upright: bit p of plane k is digit k of the
 * count of bit p, so that a few logical operations add to 32 counts at once (carry-save adders; Warren,
 * Hacker's Delight, section 5-1).
 */
export class ColumnCounts {
  private readonly counts: Uint32Array;
  /** For each word of a filter, that word of the filters that wait. */
  private readonly group: Int32Array;
  /** For each word of a filter, its planes. */
  private readonly planes: Int32Array;
  private readonly words: number;
  private waiting = 0;
  private groups = 0;

  /** @param bits of a filter; where they end within a word, the rest of the word is 0. */
  constructor(private readonly bits: number) {
    this.words = Math.ceil(bits / WORD);
    this.counts = new Uint32Array(this.words * WORD);
    this.group = new Int32Array(this.words * GROUP);
    this.planes = new Int32Array(this.words * PLANES);
  }

  /** Takes the filter that begins at word `start`. */
  add(filters: Int32Array, start: number): void {
    const { group, words, waiting } = this;
    for (let w = 0; w < words; w++) group[w * GROUP + waiting] = filters[start + w];
    if (++this.waiting < GROUP) return;
    this.addGroup();
    if (++this.groups === GROUPS_AT_MOST) this.empty();
  }

  /** By bit, the filters that have it. */
  ones(): Uint32Array {
    for (let w = 0; w < this.words; w++) {
      this.group.fill(0, w * GROUP + this.waiting, (w + 1) * GROUP);
    }
    this.addGroup();
    this.empty();
    return this.counts.subarray(0, this.bits);
  }

  private addGroup(): void {
    const { group, planes, words } = this;
    for (let w = 0; w < words; w++) {
      const at = w * GROUP;
      let k = w * PLANES;
      // Three bits of one weight make a bit of it and a bit of twice the weight.
      const first = planes[k] ^ group[at];
      const firstCarry = (planes[k] & group[at]) | (first & group[at + 1]);
      const sum = first ^ group[at + 1];
      const second = sum ^ group[at + 2];
      const secondCarry = (sum & group[at + 2]) | (second & group[at + 3]);
      planes[k++] = second ^ group[at + 3];
      const twos = planes[k] ^ firstCarry;
      let carry = (planes[k] & firstCarry) | (twos & secondCarry);
      planes[k++] = twos ^ secondCarry;
      for (; carry !== 0; k++) {
        const next = planes[k] & carry;
        planes[k] ^= carry;
        carry = next;
      }
    }
    this.waiting = 0;
  }

  /** Into the counts of single bits. */
  private empty(): void {
    const { counts, planes, words } = this;
    for (let w = 0; w < words; w++) {
      for (let p = 0; p < WORD; p++) {
        let count = 0;
        for (let k = 0; k < PLANES; k++) count |= ((planes[w * PLANES + k] >>> p) & 1) << k;
        counts[filterBitOf(w, p)] += count;
      }
    }
    planes.fill(0);
    this.groups = 0;
  }
}
