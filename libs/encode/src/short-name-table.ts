/** What `find` gives for a name that is not there. */
export const NOT_THERE = 0;

/** Longer names are not for this table. */
const MAX_CHARACTERS = 14;
const KEY_WORDS = MAX_CHARACTERS / 2;
const SLOT_WORDS = 8;
const FIRST_SLOTS = 256;

/** First bytes of characters in UTF-8; and what their first two bytes give where there are three. */
const TWO_BYTES = 0xc0;
const FOUR_BYTES = 0xf0;
const THREE_BYTES_BEGUN = 0x800;

/**
 * Numbers by short names. A slot of 32 bytes holds a name of UTF-16 characters and its number, so that one
 * access to memory finds it, where a `Map` follows pointers to an entry, a text and its characters; and a
 * name is looked up where it stands in a longer text, without being cut out.
 */
export class ShortNameTable {
  private slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  private count = 0;
  /** The packed name of the last `pack`, and its hash. */
  private readonly key = new Int32Array(KEY_WORDS);
  private hash = 0;

  get size(): number {
    return this.count;
  }

  /**
   * Packs characters `from` to `to` of `text` for the next `find` or `set`; false when they are not for
   * this table, as the empty name is not.
   */
  pack(text: string, from: number, to: number): boolean {
    // A zero at the end would not be told from a shorter name.
    if (to - from > MAX_CHARACTERS || to <= from || text.charCodeAt(to - 1) === 0) return false;
    const { key } = this;
    let hash = 0;
    let at = from;
    for (let word = 0; word < KEY_WORDS; word++, at += 2) {
      if (at >= to) {
        key[word] = 0;
        continue;
      }
      const pair = text.charCodeAt(at) | (at + 1 < to ? text.charCodeAt(at + 1) << 16 : 0);
      key[word] = pair;
      hash = mixed(hash, pair);
    }
    this.hash = finished(hash);
    return true;
  }

  /**
   * The same for a name in valid UTF-8, bytes `from` to `to`; false also for characters beyond U+FFFF. What
   * it packs is what `pack` packs of the same name.
   */
  packBytes(bytes: Uint8Array, from: number, to: number): boolean {
    if (to <= from || bytes[to - 1] === 0) return false;
    const { key } = this;
    let hash = 0;
    let pair = 0;
    let units = 0;
    for (let at = from; at < to; units++) {
      if (units === MAX_CHARACTERS || bytes[at] >= FOUR_BYTES) return false;
      let unit = bytes[at++];
      if (unit >= TWO_BYTES) {
        unit = ((unit & 0x3f) << 6) | (bytes[at++] & 0x3f);
        // Of three bytes the first has a bit more, which falls out of the 16.
        if (unit >= THREE_BYTES_BEGUN) unit = ((unit << 6) | (bytes[at++] & 0x3f)) & 0xffff;
      }
      if ((units & 1) === 0) pair = unit;
      else hash = mixed(hash, key[units >> 1] = pair | (unit << 16));
    }
    if ((units & 1) === 1) hash = mixed(hash, key[units >> 1] = pair);
    for (let word = (units + 1) >> 1; word < KEY_WORDS; word++) key[word] = 0;
    this.hash = finished(hash);
    return true;
  }

  /** The number of the packed name, or `NOT_THERE`. */
  find(): number {
    return this.slots[this.slot() + KEY_WORDS];
  }

  /** Gives the packed name a number that is not `NOT_THERE`. */
  set(number: number): void {
    const { slots } = this;
    const slot = this.slot();
    if (slots[slot + KEY_WORDS] === NOT_THERE) this.count++;
    slots.set(this.key, slot);
    slots[slot + KEY_WORDS] = number;
    if (this.count * SLOT_WORDS * 2 > slots.length) this.grow();
  }

  /** Finds here the name that was packed last for another table. */
  findAsIn(other: ShortNameTable): number {
    this.key.set(other.key);
    this.hash = other.hash;
    return this.find();
  }

  clear(): void {
    this.slots.fill(0);
    this.count = 0;
  }

  /** Where the packed name is, or would be. */
  private slot(): number {
    const { slots, key } = this;
    const last = slots.length - SLOT_WORDS;
    let slot = (this.hash * SLOT_WORDS) & last;
    while (slots[slot + KEY_WORDS] !== NOT_THERE
      && !(slots[slot] === key[0] && slots[slot + 1] === key[1] && slots[slot + 2] === key[2]
        && slots[slot + 3] === key[3] && slots[slot + 4] === key[4] && slots[slot + 5] === key[5]
        && slots[slot + 6] === key[6])) {
      slot = (slot + SLOT_WORDS) & last;
    }
    return slot;
  }

  private grow(): void {
    const { slots } = this;
    this.slots = new Int32Array(slots.length * 2);
    for (let from = 0; from < slots.length; from += SLOT_WORDS) {
      if (slots[from + KEY_WORDS] === NOT_THERE) continue;
      for (let word = 0; word < KEY_WORDS; word++) this.key[word] = slots[from + word];
      this.rehash();
      this.slots.set(slots.subarray(from, from + SLOT_WORDS), this.slot());
    }
  }

  private rehash(): void {
    let words = KEY_WORDS;
    while (this.key[words - 1] === 0) words--;
    let hash = 0;
    for (let word = 0; word < words; word++) hash = mixed(hash, this.key[word]);
    this.hash = finished(hash);
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x5bd1e995);
  return product ^ (product >>> 15);
}

function finished(hash: number): number {
  return Math.imul(hash, 0x2c1b3c6d) >>> 4;
}
