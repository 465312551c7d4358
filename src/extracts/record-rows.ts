import { RECORD_ID_BYTES } from '#libs/record';

/** Words of 32 bits that are kept of each id, of its four. */
const KEPT = 2;
const LOAD = 0.75;
const TWO_TO_32 = 2 ** 32;

/** What the table is made of; its buffers may be handed to another thread. */
export interface RecordRowTables {
  readonly kept: Uint32Array<ArrayBuffer>;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly rows: number;
}

/**
 * Which row has which record id, for the check of a delivery: finds repeated ids and the rows of events.
 *
 * Memory: 8 bytes a record and 4 / 0.75 bytes a slot, 13.4 bytes a record, allocated at once. Of an id's 128
 * bits, mixed one to one, 64 are kept and 32 others choose the slot. An id is compared with those in the
 * slots after its own, 8.5 of them on average when the table is full, so that any two different ids of `n`
 * are taken for one another with a chance below 8.5 n / 2^64 (5e-11 for a hundred million). Its exact twin,
 * for the test, is `RecordIdTable` of the extract's folder, which needs up to 60 bytes.
 */
export class RecordRows {
  private readonly kept: Uint32Array<ArrayBuffer>;
  /** Row, from 1, or 0 for empty. Linear probing. */
  private readonly slots: Uint32Array<ArrayBuffer>;
  private readonly words = new Uint32Array(4);
  private rows: number;

  /** @param records ids that will be added at most; or the tables of another one, which go on here. */
  constructor(records: number | RecordRowTables) {
    const tables = typeof records === 'number' ? emptyTables(records) : records;
    this.kept = tables.kept;
    this.slots = tables.slots;
    this.rows = tables.rows;
  }

  tables(): RecordRowTables {
    return { kept: this.kept, slots: this.slots, rows: this.rows };
  }

  /**
   * Adds the id of the next row.
   *
   * @returns the row (from 1) that has it already, or 0.
   */
  add(ids: Buffer, at: number): number {
    const { kept, slots, words } = this;
    this.mix(ids, at);
    const slot = this.slotOf();
    const row = ++this.rows;
    if (slots[slot] !== 0) return slots[slot];
    slots[slot] = row;
    kept[(row - 1) * KEPT] = words[1];
    kept[(row - 1) * KEPT + 1] = words[2];
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
      if (kept[at] === words[1] && kept[at + 1] === words[2]) return slot;
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
    let a = wordAt(ids, at);
    let b = wordAt(ids, at + 4);
    let c = wordAt(ids, at + 8);
    let d = wordAt(ids, at + 12);
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

function emptyTables(records: number): RecordRowTables {
  return {
    kept: new Uint32Array(records * KEPT), slots: new Uint32Array(Math.ceil(records / LOAD) + 1), rows: 0,
  };
}

/** As `readInt32LE`, which looks at its arguments each time, for longer than it reads. */
function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
