import { RECORD_ID_BYTES } from '#libs/record';

const WORDS = RECORD_ID_BYTES / 4;
const EMPTY = 0;

/**
 * Finds repeated opaque record ids: an open-addressing table of ids and the rows they came from, 20 bytes
 * an entry, at most two thirds full. Ids are outputs of a keyed hash, so their last word is a good place to
 * start.
 */
export class RecordIdTable {
  private ids = new Uint32Array(1024 * WORDS);
  private rows = new Uint32Array(1024);
  private count = 0;
  /** The id that is being looked for. */
  private readonly words = new Uint32Array(WORDS);

  /** Number of ids in the table. */
  get size(): number {
    return this.count;
  }

  /** Adds the id at `at`; returns the row (from 1) that it already has, or 0 when it was new. */
  add(id: Uint8Array, row: number, at = 0): number {
    if (this.count * 3 >= this.rows.length * 2) this.grow();
    this.read(id, at);
    const slot = this.slot();
    if (this.rows[slot] !== EMPTY) return this.rows[slot];
    this.put(slot, row);
    return 0;
  }

  /** Row (from 1) of the id at `at`, or 0 when it is not in the table. */
  rowOf(id: Uint8Array, at = 0): number {
    this.read(id, at);
    return this.rows[this.slot()];
  }

  private read(id: Uint8Array, at: number): void {
    for (let word = 0, from = at; word < WORDS; word++, from += 4) {
      this.words[word] = (id[from] << 24) | (id[from + 1] << 16) | (id[from + 2] << 8) | id[from + 3];
    }
  }

  /** Where the id in `words` is, or would be. */
  private slot(): number {
    const mask = this.rows.length - 1;
    // The last word: ids that were sorted by their first byte still spread over the whole table.
    let slot = this.words[WORDS - 1] & mask;
    while (this.rows[slot] !== EMPTY && !this.holds(slot)) slot = (slot + 1) & mask;
    return slot;
  }

  private holds(slot: number): boolean {
    const at = slot * WORDS;
    const { ids, words } = this;
    return ids[at] === words[0] && ids[at + 1] === words[1]
      && ids[at + 2] === words[2] && ids[at + 3] === words[3];
  }

  private put(slot: number, row: number): void {
    this.ids.set(this.words, slot * WORDS);
    this.rows[slot] = row;
    this.count++;
  }

  private grow(): void {
    const { ids, rows } = this;
    this.ids = new Uint32Array(ids.length * 2);
    this.rows = new Uint32Array(rows.length * 2);
    this.count = 0;
    for (let slot = 0; slot < rows.length; slot++) {
      if (rows[slot] === EMPTY) continue;
      for (let word = 0; word < WORDS; word++) this.words[word] = ids[slot * WORDS + word];
      this.put(this.slot(), rows[slot]);
    }
  }
}
