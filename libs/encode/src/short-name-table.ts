/** What `find` gives for a name that is not there. */
export const NOT_THERE = 0;

/** Longer names, and names with characters beyond Latin-1, are not for this table. */
const MAX_CHARACTERS = 12;
const SLOT_WORDS = 4;
const FIRST_SLOTS = 64;

/**
 * Numbers by short names. A slot of 16 bytes holds a name and its number, so that one access to memory
 * finds it, where a `Map` follows pointers to an entry, a text and its characters; and a name is looked up
 * where it stands in a longer text, without being cut out.
 */
export class ShortNameTable {
  private slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  private count = 0;
  /** The packed name of the last `pack`. */
  private first = 0;
  private second = 0;
  private third = 0;

  get size(): number {
    return this.count;
  }

  /**
   * Packs characters `from` to `to` of `text` for the next `find` or `set`; false when they are not for
   * this table, as the empty name is not.
   */
  pack(text: string, from: number, to: number): boolean {
    const length = to - from;
    if (length > MAX_CHARACTERS || length < 1) return false;
    let first = 0;
    let second = 0;
    let third = 0;
    let all = 0;
    let at = to - 1;
    for (; at >= from + 8; at--) {
      const code = text.charCodeAt(at);
      all |= code;
      third = (third << 8) | code;
    }
    for (; at >= from + 4; at--) {
      const code = text.charCodeAt(at);
      all |= code;
      second = (second << 8) | code;
    }
    for (; at >= from; at--) {
      const code = text.charCodeAt(at);
      all |= code;
      first = (first << 8) | code;
    }
    this.first = first;
    this.second = second;
    this.third = third;
    // A zero at the end would not be told from a shorter name.
    return all < 0x100 && text.charCodeAt(to - 1) !== 0;
  }

  /** The number of the packed name, or `NOT_THERE`. */
  find(): number {
    return this.slots[this.slot() + 3];
  }

  /** Gives the packed name a number that is not `NOT_THERE`. */
  set(number: number): void {
    const { slots, first, second, third } = this;
    const slot = this.slot();
    if (slots[slot + 3] === NOT_THERE) this.count++;
    slots[slot] = first;
    slots[slot + 1] = second;
    slots[slot + 2] = third;
    slots[slot + 3] = number;
    if (this.count * SLOT_WORDS * 2 > slots.length) this.grow();
  }

  clear(): void {
    this.slots.fill(0);
    this.count = 0;
  }

  /** Where the packed name is, or would be. */
  private slot(): number {
    const { slots, first, second, third } = this;
    const last = slots.length - SLOT_WORDS;
    let mixed = Math.imul(first ^ Math.imul(second ^ Math.imul(third, 0x2c1b3c6d), 0x297a2d39), 0x5bd1e995);
    mixed ^= mixed >>> 15;
    let slot = (Math.imul(mixed, 0x2c1b3c6d) >>> 4) * SLOT_WORDS & last;
    while (slots[slot + 3] !== NOT_THERE
      && (slots[slot] !== first || slots[slot + 1] !== second || slots[slot + 2] !== third)) {
      slot = (slot + SLOT_WORDS) & last;
    }
    return slot;
  }

  private grow(): void {
    const { slots, first, second, third } = this;
    this.slots = new Int32Array(slots.length * 2);
    for (let from = 0; from < slots.length; from += SLOT_WORDS) {
      if (slots[from + 3] === NOT_THERE) continue;
      [this.first, this.second, this.third] = slots.subarray(from, from + 3);
      this.slots.set(slots.subarray(from, from + SLOT_WORDS), this.slot());
    }
    Object.assign(this, { first, second, third });
  }
}
