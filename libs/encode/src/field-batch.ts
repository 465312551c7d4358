import { BATCH_RECORDS, type FilterKernel } from './filter-kernel.js';

/** Most of the text that fields of a batch may be apart; those of 128 usual records are some kilobytes. */
const ROOM_BYTES = 1 << 16;
/** What the kernel may read behind a text. */
const READ_BEHIND_BYTES = 64;

/**
 * Fields of some records at a time, copied into the memory of a kernel: pieces of one text in UTF-8, the same
 * number of them for each record.
 */
export class FieldBatch {
  /** Rows of the batch. */
  count = 0;
  /** Address of the ends of the fields, and bytes from those of a row to those of the next. */
  readonly fieldsAt: number;
  readonly rowStep: number;
  /** Address that the first byte of the whole text would have. */
  textAt = 0;
  /** Address where the kernel lists rows that it leaves to its caller. */
  readonly others: number;
  private text: Uint8Array = new Uint8Array(0);
  private fields: Uint32Array = new Uint32Array(0);
  private first = 0;
  private readonly room: number;

  /** @param columns fields of a record */
  constructor(readonly kernel: FilterKernel, private readonly columns: number, maxRows = BATCH_RECORDS) {
    this.rowStep = 8 * columns;
    this.fieldsAt = kernel.allocate(this.rowStep * maxRows);
    this.others = kernel.allocate(4 * maxRows);
    this.room = kernel.allocate(ROOM_BYTES + READ_BEHIND_BYTES);
  }

  /**
   * Takes rows `first` to `first + count`: value `c` of row `r` is from byte `fields[2 * (r * columns +
   * c)]` of `text` to the next number. False when they do not fit or are not in order; the kernel cannot
   * read them then.
   */
  place(text: Uint8Array, fields: Uint32Array, first: number, count: number): boolean {
    const { kernel, columns, fieldsAt, room } = this;
    [this.text, this.fields, this.first, this.count] = [text, fields, first, count];
    const ends = fields.subarray(2 * first * columns, 2 * (first + count) * columns);
    let least = text.length;
    let most = 0;
    for (let i = 0; i < ends.length; i += 2) {
      if (ends[i] > ends[i + 1]) return false;
      if (ends[i] < least) least = ends[i];
      if (ends[i + 1] > most) most = ends[i + 1];
    }
    if (most > text.length || most - least > ROOM_BYTES) return false;
    kernel.words.set(ends, fieldsAt / 4);
    kernel.bytes.set(text.subarray(least, most), room);
    this.textAt = room - least;
    return true;
  }

  /**
   * Calls `visit` with the text, its fields, and the place of a row's first end there, for the first
   * `count` rows in `others`, which are counted from row `from` of the batch.
   */
  visitOthers(from: number, count: number, visit: FieldsVisitor): void {
    const { kernel, others, text, fields, first, columns } = this;
    for (let i = 0; i < count; i++) {
      // What is visited may allocate, which makes new views.
      const row = from + kernel.words[others / 4 + i];
      visit(text, fields, 2 * (first + row) * columns, row);
    }
  }
}

/** `row` is counted from the first one of the batch. */
export type FieldsVisitor = (text: Uint8Array, fields: Uint32Array, first: number, row: number) => void;
