import { createReadStream, openSync, closeSync, readSync } from 'node:fs';
import { CsvError, parse, type Parser } from 'csv-parse';
import { VinculumError } from '#libs/record';

export const TEXT_ENCODINGS = ['utf8', 'latin1'] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

export interface CsvReading {
  /** Default: UTF-8, with or without a byte order mark. */
  readonly encoding?: TextEncoding;
  /** Default: the most frequent of comma, semicolon and tab in the header. */
  readonly delimiter?: string;
  /** Whether spaces around values and names of columns are dropped. */
  readonly trim: boolean;
  /** Told the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

const SNIFFED_BYTES = 1 << 16;
const DELIMITERS = [',', ';', '\t'];

/**
 * Streams the records of a CSV file (RFC 4180), the header first.
 *
 * @throws VinculumError CSV_UNREADABLE: no such file, or quotes that do not close. Never repeats content.
 */
export async function* readCsv(path: string, reading: CsvReading): AsyncGenerator<string[], void, undefined> {
  const encoding = reading.encoding ?? 'utf8';
  const delimiter = reading.delimiter ?? sniffDelimiter(path);
  const parser = parse({
    bom: encoding === 'utf8', encoding, delimiter, trim: reading.trim, relax_column_count: true,
    skip_empty_lines: true, max_record_size: SNIFFED_BYTES,
  });
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on('data', () => reading.onProgress?.(file.bytesRead));
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield record;
  } catch (error) {
    throw unreadable(path, error, parser);
  } finally {
    file.destroy();
  }
}

function unreadable(path: string, error: unknown, parser: Parser): unknown {
  // The parser's own message quotes the record, so only its code and the line go on.
  if (error instanceof CsvError) {
    return new VinculumError('CSV_UNREADABLE',
      `${path}: not readable as CSV near line ${parser.info.lines} (${error.code})`);
  }
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EISDIR' || code === 'EIO'
    ? new VinculumError('CSV_UNREADABLE', `${path}: not readable (${code})`) : error;
}

function sniffDelimiter(path: string): string {
  const start = Buffer.alloc(SNIFFED_BYTES);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    length = readSync(file, start, 0, SNIFFED_BYTES, 0);
    closeSync(file);
  } catch {
    throw new VinculumError('CSV_UNREADABLE', `expected a readable CSV file at ${path}`);
  }
  const header = start.toString('latin1', 0, length).split(/\r?\n|\r/, 1)[0].replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** What UTF-8 decoding leaves of bytes that are no UTF-8: the sign of a file in another encoding. */
export const UNDECODABLE = '\uFFFD';
