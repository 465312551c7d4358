import { RECORD_ID_BYTES } from '#libs/record';

/** Words of 32 bits that are kept of each id, of its four. */
const KEPT = 3;
const LOAD = 0.75;
const TWO_TO_32 = 2 ** 32;

/**
 * Which row has which record id, for the check of a delivery: finds repeated ids and the rows of events.
 *
 * Memory: 12 bytes a record and 4 / 0.75 bytes a slot, 17.4 bytes a record, allocated at once. Of an id's 128
 * bits, mixed one to one, 96 are kept and the other 32 choose the slot: two different ids of `n` are taken
 * for one another with a chance below n * n / 2^97 (7e-14 for a hundred million). Its exact twin, for
 * the test, is `RecordIdTable` of the extract's folder, which needs up to 60 bytes.
 */
export class RecordRows {
  private readonly kept: Uint32Array;
  /** Row, from 1, or 0 for empty. Linear probing. */
  private readonly slots: Uint32Array;
  private readonly words = new Uint32Array(4);
  private rows = 0;

  /** @param records ids that will be added at most. */
  constructor(records: number) {
    this.kept = new Uint32Array(records * KEPT);
    this.slots = new Uint32Array(Math.ceil(records / LOAD) + 1);
  }

  /**
   * Adds the id of the next row.
   *
   * @returns the row (from 1) that has it already, or 0.
   */
  add(ids: Buffer, at: number): number {
    this.mix(ids, at);
    const slot = this.slotOf();
    this.rows++;
    if (this.slots[slot] !== 0) return this.slots[slot];
    this.slots[slot] = this.rows;
    this.kept.set(this.words.subarray(1), (this.rows - 1) * KEPT);
    return 0;
  }

  /** Row (from 1) of an id, or 0 where there is none. */
  rowOf(id: Buffer): number {
    if (id.length !== RECORD_ID_BYTES) return 0;
    this.mix(id, 0);
    return this.slots[this.slotOf()];
  }

  private slotOf(): number {
    const { slots, words, kept } = this;
    let slot = Math.floor((words[0] * slots.length) / TWO_TO_32);
    for (let row = slots[slot]; row !== 0; row = slots[slot]) {
      const at = (row - 1) * KEPT;
      if (kept[at] === words[1] && kept[at + 1] === words[2] && kept[at + 2] === words[3]) return slot;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
    return slot;
  }

  /**
   * Custodians may number their records: whatever bits ids differ in must reach the slot and the kept words.
   * Three rounds of ChaCha's quarter round (RFC 8439, section 2.1), which can be undone: different ids stay
   * different. No secret is in it, and none is needed: who makes ids collide slows down its own delivery.
   */
  private mix(ids: Buffer, at: number): void {
    let a = ids.readInt32LE(at);
    let b = ids.readInt32LE(at + 4);
    let c = ids.readInt32LE(at + 8);
    let d = ids.readInt32LE(at + 12);
    for (let round = 0; round < 3; round++) {
      a = (a + b) | 0; d = rotated(d ^ a, 16);
      c = (c + d) | 0; b = rotated(b ^ c, 12);
      a = (a + b) | 0; d = rotated(d ^ a, 8);
      c = (c + d) | 0; b = rotated(b ^ c, 7);
    }
    const { words } = this;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
