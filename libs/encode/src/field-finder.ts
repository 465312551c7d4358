import { FilterKernel } from './filter-kernel.js';

/** Longer texts are not searched: their fields would need room that is never given back. */
const MAX_TEXT_BYTES = 1 << 20;
/** What the kernel may read behind a text. */
const READ_BEHIND_BYTES = 64;

/** How a CSV text is written, and what of it is plain. */
export interface PlainCsvForm {
  /** One character of ASCII. */
  readonly delimiter: string;
  readonly lineBreak: '\n' | '\r\n' | '\r';
  /** Fields of a record. */
  readonly columns: number;
  /** Bytes of a record. */
  readonly maxRecordBytes: number;
  /** Whether white space around a value makes a text one that is not plain. */
  readonly trim: boolean;
}

/**
 * Finds the fields of plain CSV texts in their bytes, 64 of these at a time, without making a text of them.
 * Plain are texts of at most a MiB in which every record has all fields, and quotes are around whole fields
 * only; others have to be read in another way.
 */
export class FieldFinder {
  private readonly kernel = new FilterKernel();
  private readonly text = this.kernel.allocate(MAX_TEXT_BYTES + READ_BEHIND_BYTES);
  /** Each byte may end a field, and so may the end of the text. Rooms that are not used take no memory. */
  private readonly ends = this.kernel.allocate(8 * (MAX_TEXT_BYTES + 1));
  private fieldsFound = 0;

  constructor(private readonly form: PlainCsvForm) {}

  /**
   * Where the fields found last are, until the next are: field `c` of record `r` is from byte
   * `fields[2 * (r * columns + c)]` to the next number.
   */
  get fields(): Uint32Array {
    return this.kernel.words.subarray(this.ends / 4, this.ends / 4 + 2 * this.fieldsFound);
  }

  /** Takes whole records in valid UTF-8; returns their number, or undefined when they are not plain. */
  find(bytes: Uint8Array): number | undefined {
    const { kernel, text, ends, form: { delimiter, lineBreak, columns, maxRecordBytes, trim } } = this;
    if (bytes.length > MAX_TEXT_BYTES) return undefined;
    kernel.bytes.set(bytes, text);
    const rows = kernel.run.findFields(
      text, bytes.length, delimiter.charCodeAt(0), lineBreak.charCodeAt(0), lineBreak.length, trim ? 1 : 0,
      columns, maxRecordBytes, ends);
    this.fieldsFound = Math.max(0, rows) * columns;
    return rows < 0 ? undefined : rows;
  }
}
