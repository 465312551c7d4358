import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_CHARACTERS, type CsvDialect } from './csv-splitter.js';

const QUOTE = 0x22;
const LF = 0x0a;
/** U+FFFD, what decoding leaves of bytes that are no UTF-8. */
const UNDECODABLE = Buffer.from('\uFFFD');
const FIRST_FIELDS = 1 << 15;

/**
 * Finds the fields of CSV texts in their bytes, without making a text of them. It reads what registers
 * mostly write: UTF-8, every record with as many fields as the header, quotes around whole fields only, no
 * spaces around values. All else it leaves to `splitCsv`, which reads the same, and says what is wrong.
 */
export class PlainCsvReader {
  /**
   * Where the fields of the records read last are: field `c` of record `r` is from byte
   * `fields[2 * (r * columns + c)]` to the next number.
   */
  fields = new Uint32Array(FIRST_FIELDS);
  private count = 0;
  private readonly delimiter: number;
  private readonly lineBreak: number;
  private readonly breakBytes: number;
  private readonly trim: boolean;

  constructor({ delimiter, lineBreak, trim }: CsvDialect, private readonly columns: number) {
    this.delimiter = delimiter.charCodeAt(0);
    this.lineBreak = lineBreak.charCodeAt(0);
    this.breakBytes = lineBreak.length;
    this.trim = trim;
  }

  /** Reads whole records; returns their number, or undefined when `splitCsv` has to read them. */
  read(bytes: Buffer): number | undefined {
    const { columns } = this;
    if (!isUtf8(bytes) || bytes.includes(UNDECODABLE)) return undefined;
    this.count = 0;
    let records = 0;
    for (let at = 0; at < bytes.length;) {
      const before = this.count;
      const next = this.readRecord(bytes, at);
      if (next < 0 || next - at > MAX_RECORD_CHARACTERS) return undefined;
      const fields = (this.count - before) / 2;
      // An empty line; "" is a field.
      if (fields === 1 && this.fields[before] === at && this.fields[before + 1] === at) this.count = before;
      else if (fields !== columns) return undefined;
      else records++;
      at = next;
    }
    return records;
  }

  /** Adds the fields of the record at `at`; returns where the next one begins, -1 when it is not plain. */
  private readRecord(bytes: Buffer, at: number): number {
    const { delimiter, lineBreak, breakBytes } = this;
    const { length } = bytes;
    let from = at;
    for (let to = at; ; to++) {
      const byte = to < length ? bytes[to] : lineBreak;
      if (byte === QUOTE) {
        if (to !== from) return -1;
        to = bytes.indexOf(QUOTE, to + 1);
        if (to < 0) return -1;
        this.add(from + 1, to++);
        if (to < length && bytes[to] === delimiter) {
          from = to + 1;
          continue;
        }
        return to === length || this.isBreak(bytes, to) ? Math.min(to + breakBytes, length) : -1;
      }
      const isDelimiter = byte === delimiter;
      if (!isDelimiter && !(byte === lineBreak && (to >= length || this.isBreak(bytes, to)))) continue;
      if (this.trim && from < to && (mayBeSpace(bytes, from) || endsInSpace(bytes, to))) return -1;
      this.add(from, to);
      if (!isDelimiter) return Math.min(to + breakBytes, length);
      from = to + 1;
    }
  }

  private isBreak(bytes: Buffer, at: number): boolean {
    return bytes[at] === this.lineBreak && (this.breakBytes === 1 || bytes[at + 1] === LF);
  }

  private add(from: number, to: number): void {
    if (this.count === this.fields.length) {
      const grown = new Uint32Array(2 * this.count);
      grown.set(this.fields);
      this.fields = grown;
    }
    this.fields[this.count] = from;
    this.fields[this.count + 1] = to;
    this.count += 2;
  }
}

/**
 * Whether the character at `at` may be white space: none of those beyond U+0020 begins with other bytes, as
 * U+00A0, U+1680, U+2000 to U+205F, U+3000 and U+FEFF do.
 */
function mayBeSpace(bytes: Buffer, at: number): boolean {
  const first = bytes[at];
  if (first < 0x80) return first <= 0x20;
  const second = bytes[at + 1];
  switch (first) {
    case 0xc2: return second === 0xa0;
    case 0xe1: return second === 0x9a;
    case 0xe2: return second <= 0x81;
    case 0xe3: return second === 0x80;
    case 0xef: return second === 0xbb;
    default: return false;
  }
}

/** Whether the character that ends before `to` may be white space; none has four bytes. */
function endsInSpace(bytes: Buffer, to: number): boolean {
  if (bytes[to - 1] < 0x80) return bytes[to - 1] <= 0x20;
  return mayBeSpace(bytes, bytes[to - 2] >= 0xc0 ? to - 2 : to - 3);
}
