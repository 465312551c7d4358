import { RECORD_ID_BYTES } from '#libs/record';

const WORDS = RECORD_ID_BYTES / 4;
const EMPTY = 0;

/**
 * Finds repeated opaque record ids: an open-addressing table of ids and the rows they came from, 20 bytes
 * an entry, at most two thirds full. Ids are outputs of a keyed hash, so their first word is a good place
 * to start.
 */
export class RecordIdTable {
  private ids = new Uint32Array(1024 * WORDS);
  private rows = new Uint32Array(1024);
  private count = 0;

  /** Number of ids in the table. */
  get size(): number {
    return this.count;
  }

  /** Adds an id; returns the row (from 1) that it already has, or 0 when it was new. */
  add(id: Uint8Array, row: number): number {
    if (this.count * 3 >= this.rows.length * 2) this.grow();
    const words = wordsOf(id);
    const slot = this.slotOf(words);
    if (this.rows[slot] !== EMPTY) return this.rows[slot];
    this.put(slot, words, row);
    return 0;
  }

  /** Row (from 1) of an id, or 0 when it is not in the table. */
  rowOf(id: Uint8Array): number {
    return this.rows[this.slotOf(wordsOf(id))];
  }

  private slotOf(words: Uint32Array): number {
    const mask = this.rows.length - 1;
    let slot = words[0] & mask;
    while (this.rows[slot] !== EMPTY && !this.holds(slot, words)) slot = (slot + 1) & mask;
    return slot;
  }

  private holds(slot: number, words: Uint32Array): boolean {
    const at = slot * WORDS;
    const { ids } = this;
    return ids[at] === words[0] && ids[at + 1] === words[1]
      && ids[at + 2] === words[2] && ids[at + 3] === words[3];
  }

  private put(slot: number, words: Uint32Array, row: number): void {
    this.ids.set(words, slot * WORDS);
    this.rows[slot] = row;
    this.count++;
  }

  private grow(): void {
    const { ids, rows } = this;
    this.ids = new Uint32Array(ids.length * 2);
    this.rows = new Uint32Array(rows.length * 2);
    this.count = 0;
    rows.forEach((row, slot) => {
      if (row === EMPTY) return;
      const words = ids.subarray(slot * WORDS, (slot + 1) * WORDS);
      this.put(this.slotOf(words), words, row);
    });
  }
}

function wordsOf(id: Uint8Array): Uint32Array {
  const view = new DataView(id.buffer, id.byteOffset, RECORD_ID_BYTES);
  return Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}
