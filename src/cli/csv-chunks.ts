import { closeSync, openSync, readSync } from 'node:fs';
import { VinculumError } from '#libs/record';
import type { CsvReading, TextEncoding } from './csv-rows.js';
import { MAX_RECORD_CHARACTERS, splitCsv, CsvRefusal, type CsvDialect } from './csv-splitter.js';

/** A CSV file opened, with its header read. */
export interface CsvFile {
  readonly header: readonly string[];
  readonly dialect: CsvDialect;
  readonly encoding: TextEncoding;
  /**
   * Whole records behind the header, some at a time, as bytes of their own. Where the pieces end depends on
   * the file alone.
   */
  chunks(): Generator<Uint8Array, void, undefined>;
  close(): void;
}

const CHUNK_BYTES = 1 << 18;
const DELIMITERS = [',', ';', '\t'];
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Opens a CSV file: byte order mark, delimiter (the most frequent of comma, semicolon and tab in the header)
 * and line break are found out from its start.
 *
 * @throws VinculumError CSV_UNREADABLE.
 */
export function openCsv(path: string, reading: CsvReading): CsvFile {
  const encoding = reading.encoding ?? 'utf8';
  const bytes = new CsvBytes(path, reading.onProgress);
  try {
    const bom = encoding === 'utf8' && bytes.start().subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
    const lineBreak = lineBreakOf(bytes.start().subarray(bom));
    const { header, length } = headerOf(bytes.start().subarray(bom), lineBreak, encoding, reading, path);
    const { delimiter } = header;
    const dialect = { delimiter, lineBreak, trim: reading.trim };
    return {
      header: header.fields, dialect, encoding,
      chunks: () => bytes.chunks(bom + length, lineBreak),
      close: () => bytes.close(),
    };
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** The first line break outside quotes; a file without any has one record. */
function lineBreakOf(start: Buffer): CsvDialect['lineBreak'] {
  let quoted = false;
  for (let at = 0; at < start.length; at++) {
    if (start[at] === QUOTE) quoted = !quoted;
    if (quoted) continue;
    if (start[at] === LF) return '\n';
    if (start[at] === CR) return start[at + 1] === LF ? '\r\n' : '\r';
  }
  return '\n';
}

interface Header {
  readonly header: { readonly fields: readonly string[]; readonly delimiter: string };
  readonly length: number;
}

function headerOf(
  start: Buffer, lineBreak: CsvDialect['lineBreak'], encoding: TextEncoding, { trim, delimiter }: CsvReading,
  path: string,
): Header {
  for (let from = 0; from < start.length;) {
    const end = endOfRecord(start, from, lineBreak);
    const line = start.toString(encoding, from, end);
    const dialect = { delimiter: delimiter ?? mostFrequentDelimiter(line), lineBreak, trim };
    const records: string[][] = [];
    try {
      splitCsv(line, dialect, (record) => records.push(record));
    } catch (error) {
      throw error instanceof CsvRefusal ? error.inFile(path, 0) : error;
    }
    if (records.length > 0) {
      return { header: { fields: records[0], delimiter: dialect.delimiter }, length: end };
    }
    from = end;
  }
  throw new VinculumError('CSV_UNREADABLE', `${path}: expected a header line, got nothing`);
}

function mostFrequentDelimiter(line: string): string {
  const unquoted = line.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** Where the record that begins at `from` ends, its line break included. */
function endOfRecord(bytes: Buffer, from: number, lineBreak: string): number {
  let end = from;
  for (;;) {
    const found = bytes.indexOf(lineBreak, end, 'latin1');
    if (found < 0) return bytes.length;
    end = found + lineBreak.length;
    if (quotesIn(bytes, from, end) % 2 === 0) return end;
  }
}

function quotesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(QUOTE, from); at >= 0 && at < to; at = bytes.indexOf(QUOTE, at + 1)) count++;
  return count;
}

/**
 * End of the last whole record in `bytes`, which begin with one; 0 when there is none. A line break is
 * inside quotes where the number of quotes before it is odd: an escaped quote counts twice, and a text where
 * this does not hold is refused when it is split.
 */
export function lastRecordEnd(bytes: Buffer, lineBreak: string): number {
  let odd = quotesIn(bytes, 0, bytes.length) % 2 === 1;
  let quote = bytes.lastIndexOf(QUOTE);
  let at = bytes.lastIndexOf(lineBreak, undefined, 'latin1');
  while (at >= 0) {
    for (; quote > at; quote = quote === 0 ? -1 : bytes.lastIndexOf(QUOTE, quote - 1)) odd = !odd;
    if (!odd) return at + lineBreak.length;
    at = at === 0 ? -1 : bytes.lastIndexOf(lineBreak, at - 1, 'latin1');
  }
  return 0;
}

/** Reads the file piece by piece; the first piece is kept until the header is known. */
class CsvBytes {
  private readonly file: number;
  private readonly first: Buffer;
  private read = 0;
  private open = true;

  constructor(
    private readonly path: string, private readonly onProgress: ((bytes: number) => void) | undefined,
  ) {
    try {
      this.file = openSync(path, 'r');
    } catch {
      throw new VinculumError('CSV_UNREADABLE', `expected a readable CSV file at ${path}`);
    }
    this.first = this.next(Buffer.alloc(0));
  }

  start(): Buffer {
    return this.first;
  }

  *chunks(from: number, lineBreak: string): Generator<Uint8Array, void, undefined> {
    let pending = this.first.subarray(from);
    for (let ended = this.first.length < CHUNK_BYTES; ;) {
      const end = ended ? pending.length : lastRecordEnd(pending, lineBreak);
      if (end > 0) yield Uint8Array.prototype.slice.call(pending, 0, end);
      if (ended) return;
      const rest = pending.subarray(end);
      if (rest.length > 8 * (MAX_RECORD_CHARACTERS + CHUNK_BYTES)) {
        throw new VinculumError('CSV_UNREADABLE', `${this.path}: a record never ends: a quote is not closed`);
      }
      pending = this.next(rest);
      ended = pending.length < rest.length + CHUNK_BYTES;
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.file);
  }

  /** `held` and the next bytes of the file; fewer than `CHUNK_BYTES` of them at its end. */
  private next(held: Buffer): Buffer {
    const bytes = Buffer.allocUnsafeSlow(held.length + CHUNK_BYTES);
    bytes.set(held);
    let filled = held.length;
    try {
      for (let count = -1; count !== 0 && filled < bytes.length; filled += count) {
        count = readSync(this.file, bytes, filled, bytes.length - filled, null);
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new VinculumError('CSV_UNREADABLE', `${this.path}: not readable (${code ?? 'unknown reason'})`);
    }
    this.read += filled - held.length;
    this.onProgress?.(this.read);
    return bytes.subarray(0, filled);
  }
}
