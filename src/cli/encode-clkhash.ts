import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import {
  createClkhashEncoder, writeFilter, type BitOrder, type ClkhashEncoder, type ClkhashSchema,
} from '#libs/encode';
import { VinculumError } from '#libs/record';
import { UNDECODABLE, readCsv, type TextEncoding } from './csv-rows.js';
import { RowErrorList } from './row-errors.js';

/** A CSV whose columns are the features of a clkhash schema, and where its filters go. */
export interface ClkhashJob {
  readonly rows: string;
  readonly out: string;
  readonly schema: ClkhashSchema;
  readonly secret: Uint8Array;
  readonly encoding?: TextEncoding;
  /** Default: `msb`, as clkhash. */
  readonly bitOrder?: BitOrder;
}

/**
 * Writes `{"clks":[base64,...]}` in row order, as clkhash does; returns the number of filters. Nothing is
 * at `out` unless every row was encoded.
 *
 * @throws VinculumError ROWS_REFUSED, CSV_UNREADABLE, COLUMNS_INVALID, OUTPUT_EXISTS.
 */
export async function encodeClkhash(job: ClkhashJob): Promise<number> {
  if (existsSync(job.out)) {
    throw new VinculumError('OUTPUT_EXISTS', `expected no file at ${job.out}; name another, or remove it`);
  }
  const partial = `${job.out}.partial`;
  const file = openSync(partial, 'w', 0o600);
  try {
    const records = await writeFilters(job, file);
    closeSync(file);
    renameSync(partial, job.out);
    return records;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

const FLUSHED_CHARACTERS = 1 << 20;

async function writeFilters(job: ClkhashJob, file: number): Promise<number> {
  const encoder = createClkhashEncoder(job.schema, job.secret);
  const errors = new RowErrorList();
  let header: readonly string[] | undefined;
  let records = 0;
  let text = '{"clks":[';
  // clkhash changes no value, so spaces stay.
  const reading = { trim: false, delimiter: ',', ...(job.encoding && { encoding: job.encoding }) };
  for await (const record of readCsv(job.rows, reading)) {
    if (header === undefined) {
      assertHeader(record, encoder);
      header = record;
      continue;
    }
    records++;
    const filter = filterOf(record, records, encoder, errors);
    if (filter === undefined || errors.count > 0) continue;
    text += `${records > 1 ? ',' : ''}"${Buffer.from(writeFilter(filter, job.bitOrder ?? 'msb')).toString('base64')}"`;
    if (text.length < FLUSHED_CHARACTERS) continue;
    writeSync(file, text);
    text = '';
  }
  if (header === undefined) {
    throw new VinculumError('CSV_UNREADABLE', `${job.rows}: expected a header line, got nothing`);
  }
  errors.throwIfAny('ROWS_REFUSED', job.rows);
  writeSync(file, `${text}]}\n`);
  return records;
}

function filterOf(
  record: readonly string[], row: number, encoder: ClkhashEncoder, errors: RowErrorList,
): Uint8Array | undefined {
  const { identifiers } = encoder;
  if (record.length !== identifiers.length) {
    errors.add(row, '', `expected ${identifiers.length} fields, got ${record.length}`);
    return undefined;
  }
  const undecodable = record.findIndex((value) => value.includes(UNDECODABLE));
  if (undecodable >= 0) {
    errors.add(row, identifiers[undecodable], 'not of the encoding; say what it is with --encoding');
    return undefined;
  }
  const filter = encoder.encode(record);
  if (filter instanceof Uint8Array) return filter;
  for (const { feature, reason } of filter) errors.add(row, feature, reason);
  return undefined;
}

function assertHeader(header: readonly string[], { identifiers }: ClkhashEncoder): void {
  if (header.length === identifiers.length && header.every((name, i) => name === identifiers[i])) return;
  throw new VinculumError('COLUMNS_INVALID',
    `expected the header to be the features of the schema in order, ${identifiers.join(', ')}; `
    + `got ${header.join(', ')}`);
}
