import type { FieldBatch } from './field-batch.js';
import type { FilterKernel } from './filter-kernel.js';

/** Longer names are not for this list. */
export const MAX_NAME_CHARACTERS = 14;
const NAME_WORDS = MAX_NAME_CHARACTERS / 2;
const ENTRY_BYTES = 48;
/** Word of an entry that says what the name is looked up for. */
const TARGET = 8;

/** First bytes of characters in UTF-8; and what their first two bytes give where there are three. */
const TWO_BYTES = 0xc0;
const FOUR_BYTES = 0xf0;
const THREE_BYTES_BEGUN = 0x800;

/**
 * Rows that were read, and how many of them have parts that are not for the list: those in the batch's
 * `others`.
 */
export interface ListedFields {
  readonly rows: number;
  readonly others: number;
}

/**
 * Names of up to 14 UTF-16 characters in the memory of a kernel, to be looked up there: cut out of a longer
 * text without making a text of them. Each comes with a number of its own, its target.
 */
export class NameList {
  /** Address of the first entry. */
  readonly at: number;
  private listed = 0;
  /** Address where the kernel says how many names, and how many rows of others, it found. */
  private readonly counts: number;

  /** @param capacity names for which there is room; no more may be put in before `clear` */
  constructor(private readonly kernel: FilterKernel, private readonly capacity: number) {
    this.at = kernel.allocate(capacity * ENTRY_BYTES);
    this.counts = kernel.allocate(8);
  }

  get count(): number {
    return this.listed;
  }

  get isFull(): boolean {
    return this.listed === this.capacity;
  }

  clear(): void {
    this.listed = 0;
  }

  /** Adds characters `from` to `to` of `text`; false when they are not for this list, as '' is not. */
  putText(text: string, from: number, to: number, target: number): boolean {
    // A zero at the end would not be told from a shorter name.
    if (to - from > MAX_NAME_CHARACTERS || to <= from || text.charCodeAt(to - 1) === 0) return false;
    const entry = this.nextEntry();
    const { halves, words } = this.kernel;
    for (let at = from, half = 2 * entry; at < to; at++, half++) halves[half] = text.charCodeAt(at);
    words[entry + TARGET] = target;
    this.listed++;
    return true;
  }

  /**
   * The same for a name in valid UTF-8, bytes `from` to `to`; false also for characters beyond U+FFFF. What
   * it adds is what `putText` adds of the same name.
   */
  putBytes(bytes: Uint8Array, from: number, to: number, target: number): boolean {
    if (to <= from || bytes[to - 1] === 0) return false;
    const entry = this.nextEntry();
    const { halves, words } = this.kernel;
    const first = 2 * entry;
    const end = first + MAX_NAME_CHARACTERS;
    let half = first;
    for (let at = from; at < to; half++) {
      if (half === end || bytes[at] >= FOUR_BYTES) return false;
      let unit = bytes[at++];
      if (unit >= TWO_BYTES) {
        unit = ((unit & 0x3f) << 6) | (bytes[at++] & 0x3f);
        // Of three bytes the first has a bit more, which falls out of the 16.
        if (unit >= THREE_BYTES_BEGUN) unit = ((unit << 6) | (bytes[at++] & 0x3f)) & 0xffff;
      }
      halves[half] = unit;
    }
    words[entry + TARGET] = target;
    this.listed++;
    return true;
  }

  /**
   * Fills this list, which is empty, with column `column` of a batch from row `from` on: its fields, or
   * (`byParts`) their parts between spaces, each with the address of its row's record for a target. Row 0 has
   * the one at `record`, the others follow `recordStep` bytes apart.
   */
  putFields(
    batch: FieldBatch, column: number, from: number, byParts: boolean, record: number, recordStep: number,
  ): ListedFields {
    const { kernel: { run, words }, counts, at, capacity } = this;
    const rows = run.listNames(
      batch.textAt, batch.fieldsAt + from * batch.rowStep + 8 * column, batch.rowStep, batch.count - from,
      byParts ? 1 : 0, record + from * recordStep, recordStep, at, capacity, counts, batch.others);
    this.listed = words[counts / 4];
    return { rows, others: words[counts / 4 + 1] };
  }

  textAt(index: number): string {
    const { halves } = this.kernel;
    const from = (this.at + index * ENTRY_BYTES) / 2;
    let to = from + MAX_NAME_CHARACTERS;
    while (halves[to - 1] === 0) to--;
    let text = '';
    for (let half = from; half < to; half++) text += String.fromCharCode(halves[half]);
    return text;
  }

  targetAt(index: number): number {
    return this.kernel.words[(this.at + index * ENTRY_BYTES) / 4 + TARGET];
  }

  /** The first word of the next entry, which is emptied. */
  private nextEntry(): number {
    const { words } = this.kernel;
    const entry = (this.at + this.listed * ENTRY_BYTES) / 4;
    for (let word = entry; word < entry + NAME_WORDS; word++) words[word] = 0;
    return entry;
  }
}
