import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import {
  createClkhashEncoder, writeFilter, type BitOrder, type ClkhashEncoder, type ClkhashSchema,
} from '#libs/encode';
import { VinculumError } from '#libs/record';
import { describeHeader } from './column-mapping.js';
import { openCsv } from './csv-chunks.js';
import { UNDECODABLE, type TextEncoding } from './csv-rows.js';
import { CsvRefusal, splitCsv } from './csv-splitter.js';
import { RowErrorList } from './row-errors.js';
import { refusalOfWriting } from './write-refusal.js';

/** A CSV whose columns are the features of a clkhash schema, and where its filters go. */
export interface ClkhashJob {
  readonly rows: string;
  readonly out: string;
  readonly schema: ClkhashSchema;
  readonly secret: Uint8Array;
  readonly encoding?: TextEncoding;
  /** Default: `msb`, as clkhash. */
  readonly bitOrder?: BitOrder;
  /** Told the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes `{"clks":[base64,...]}` in row order, as clkhash does; returns the number of filters. Nothing is
 * at `out` unless every row was encoded.
 *
 * @throws VinculumError ROWS_REFUSED, CSV_UNREADABLE, COLUMNS_INVALID, OUTPUT_EXISTS, OUTPUT_NOT_WRITTEN.
 */
export async function encodeClkhash(job: ClkhashJob): Promise<number> {
  if (existsSync(job.out)) {
    throw new VinculumError('OUTPUT_EXISTS', `expected no file at ${job.out}; name another, or remove it`);
  }
  const partial = `${job.out}.partial`;
  const file = openPartial(partial, job.out);
  try {
    const records = await writeFilters(job, file).finally(() => closeSync(file));
    renameSync(partial, job.out);
    return records;
  } catch (error) {
    rmSync(partial, { force: true });
    throw refusalOfWriting(job.out, error);
  }
}

function openPartial(partial: string, out: string): number {
  try {
    return openSync(partial, 'w', 0o600);
  } catch (error) {
    throw refusalOfWriting(out, error);
  }
}

/** Rows that are encoded together. */
const BATCH_ROWS = 1024;

async function writeFilters(job: ClkhashJob, file: number): Promise<number> {
  const filters = new FilterFile(job, file);
  // clkhash changes no value, so spaces stay.
  const csv = openCsv(job.rows, {
    trim: false, delimiter: ',', ...(job.encoding && { encoding: job.encoding }),
    ...(job.onProgress && { onProgress: job.onProgress }),
  });
  try {
    filters.assertHeader(csv.header);
    for (const { buffer, byteOffset, length } of csv.chunks()) {
      const text = Buffer.from(buffer, byteOffset, length).toString(csv.encoding);
      const before = filters.records;
      try {
        splitCsv(text, csv.dialect, (record) => filters.add(record));
      } catch (error) {
        throw error instanceof CsvRefusal ? error.inFile(job.rows, before + 1) : error;
      }
      // Reading and encoding do not wait for anything; a signal gets its turn here.
      await new Promise((done) => setImmediate(done));
      job.signal?.throwIfAborted();
    }
    return filters.finish();
  } finally {
    csv.close();
  }
}

/** The file of filters as it grows; rows are encoded many at a time. */
class FilterFile {
  private readonly encoder: ClkhashEncoder;
  private readonly errors = new RowErrorList();
  /** Rows so far, refused ones included. */
  records = 0;
  private waiting: (readonly string[])[] = [];
  /** Number of each waiting row. */
  private rows: number[] = [];
  private separator = '{"clks":[';

  constructor(private readonly job: ClkhashJob, private readonly file: number) {
    this.encoder = createClkhashEncoder(job.schema, job.secret);
  }

  assertHeader(header: readonly string[]): void {
    const { identifiers } = this.encoder;
    if (header.length === identifiers.length && header.every((name, i) => name === identifiers[i])) return;
    throw new VinculumError('COLUMNS_INVALID',
      `expected the header to be the features of the schema in order, ${identifiers.join(', ')}; `
      + `got ${describeHeader(header)}`);
  }

  add(record: readonly string[]): void {
    const { encoder: { identifiers }, errors } = this;
    const row = ++this.records;
    if (record.length !== identifiers.length) {
      errors.add(row, '', `expected ${identifiers.length} fields, got ${record.length}`);
      return;
    }
    const undecodable = record.findIndex((value) => value.includes(UNDECODABLE));
    if (undecodable >= 0) {
      errors.add(row, identifiers[undecodable], 'not of the encoding; say what it is with --encoding');
      return;
    }
    this.rows.push(row);
    if (this.waiting.push(record) === BATCH_ROWS) this.encodeWaiting();
  }

  /**
   * Ends the file; returns the number of filters.
   *
   * @throws VinculumError ROWS_REFUSED.
   */
  finish(): number {
    this.encodeWaiting();
    this.errors.throwIfAny('ROWS_REFUSED', this.job.rows);
    writeSync(this.file, `${this.records === 0 ? this.separator : ''}]}\n`);
    fsyncSync(this.file);
    return this.records;
  }

  private encodeWaiting(): void {
    const { waiting, rows, encoder: { filterBytes }, errors, job: { bitOrder = 'msb' } } = this;
    const filters = new Uint8Array(waiting.length * filterBytes);
    const refusals = this.encoder.encodeRows(waiting, filters, 0);
    for (const { row, feature, reason } of refusals) errors.add(rows[row], feature, reason);
    [this.waiting, this.rows] = [[], []];
    if (errors.count > 0) return;
    let text = '';
    for (let at = 0; at < filters.length; at += filterBytes) {
      const filter = writeFilter(filters.subarray(at, at + filterBytes), bitOrder);
      text += `${this.separator}"${Buffer.from(filter).toString('base64')}"`;
      this.separator = ',';
    }
    let bytes = Buffer.from(text);
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.file, bytes));
  }
}
