import {
  createEncoder, createRecordIdentifier, encodingSpecHash, keyFingerprint, refusalOfBirthDate, segmentShapes,
  type EncodingSpec, type Role,
} from '#libs/encode';
import { EVENTS_HEADER, VinculumError, type Cardinality, type ExtractManifest } from '#libs/record';
import { randomBytes } from 'node:crypto';
import {
  ExtractWriter, RecordIdTable, isCountry, isEventKind, isIsoDate, type FieldRefusal,
} from '../extract-folder/index.js';
import { placeOf, valueReader, type ColumnMapping } from './column-mapping.js';
import { contentReader, type ContentMap, type ContentReading } from './content-map.js';
import { UNDECODABLE, readCsv, type TextEncoding } from './csv-rows.js';
import { RowErrorList } from './row-errors.js';

/** Everything that turns a register's CSV into an extract. */
export interface EncodeJob {
  readonly people: string;
  readonly events?: string;
  readonly out: string;
  readonly secret: Uint8Array;
  readonly registerId: string;
  readonly cardinality: Cardinality;
  readonly referenceDate: string;
  readonly spec: EncodingSpec;
  readonly columns: ColumnMapping;
  readonly idColumn: string;
  readonly content?: ContentMap;
  readonly encoding?: TextEncoding;
  /** Encodes what can be read of a date of birth that is none, instead of refusing the row. */
  readonly tolerateDates?: boolean;
  /** Told the bytes read of both files so far. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Encodes a register into an extract's folder, streaming. Bad rows are collected over the whole input; when
 * there is any, nothing is written.
 *
 * @throws VinculumError ROWS_REFUSED with the rows, CSV_UNREADABLE, COLUMNS_INVALID, EXTRACT_EXISTS, ...
 */
export async function encodeExtract(job: EncodeJob): Promise<ExtractManifest> {
  const { registerId, cardinality, referenceDate, spec } = job;
  const heading = {
    registerId, cardinality, referenceDate, specHash: encodingSpecHash(spec),
    keyFingerprint: keyFingerprint(job.secret), segments: segmentShapes(spec),
  };
  const options = { content: job.content !== undefined, events: job.events !== undefined };
  const writer = new ExtractWriter(job.out, heading, options);
  try {
    const ids = new RecordIdTable();
    const bytes = await encodePeople(job, writer, ids);
    if (job.events !== undefined) await encodeEvents(job, job.events, writer, ids, bytes);
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** What becomes of one record of the input: its id and content, or refusals. */
class PersonReader {
  readonly valuesOf: (record: readonly string[]) => string[];
  private readonly idPlace: number;
  private readonly contentOf: ((record: readonly string[], recordId: string) => ContentReading) | undefined;
  private readonly birthDatePlace: number;

  constructor(
    private readonly job: EncodeJob, private readonly header: readonly string[], roles: readonly Role[],
  ) {
    this.valuesOf = valueReader(job.columns, roles, header);
    this.idPlace = placeOf(job.idColumn, header);
    this.contentOf = job.content && contentReader(job.content, header);
    this.birthDatePlace = job.tolerateDates ? -1 : roles.indexOf('birthDate');
  }

  localIdOf(record: readonly string[]): string {
    return record[this.idPlace] ?? '';
  }

  refusalsOf(record: readonly string[], values: readonly string[]): FieldRefusal[] {
    const { header, job } = this;
    if (record.length !== header.length) {
      return [{ field: '', reason: `expected ${header.length} fields as in the header, got ${record.length}` }];
    }
    const refusals = record.flatMap((value, i) => (value.includes(UNDECODABLE)
      ? [{ field: header[i], reason: `not ${job.encoding ?? 'utf8'}; say what it is with --encoding` }] : []));
    if (this.localIdOf(record) === '') refusals.push({ field: job.idColumn, reason: 'expected a record id' });
    const dateReason = this.birthDatePlace < 0 ? undefined : refusalOfBirthDate(values[this.birthDatePlace]);
    if (dateReason !== undefined) refusals.push({ field: 'birthDate', reason: dateReason });
    return refusals;
  }

  contentOrRefusals(record: readonly string[], recordId: Uint8Array): ContentReading | undefined {
    return this.contentOf?.(record, Buffer.from(recordId).toString('hex'));
  }
}

/** Returns the bytes read. */
async function encodePeople(job: EncodeJob, writer: ExtractWriter, ids: RecordIdTable): Promise<number> {
  const encoder = createEncoder(job.spec, job.secret, { randomBytes });
  const identify = createRecordIdentifier(job.secret, job.registerId);
  const filters = new Uint8Array(encoder.recordBytes);
  const errors = new RowErrorList();
  let reader: PersonReader | undefined;
  let row = 0;
  let read = 0;
  const csv = readCsv(job.people, { ...reading(job), onProgress: (bytes) => job.onProgress?.(read = bytes) });
  for await (const record of csv) {
    job.signal?.throwIfAborted();
    if (reader === undefined) {
      reader = new PersonReader(job, record, encoder.roles);
      continue;
    }
    row++;
    const values = record.length === 0 ? [] : reader.valuesOf(record);
    const refusals = reader.refusalsOf(record, values);
    const recordId = identify(reader.localIdOf(record));
    const first = refusals.length === 0 ? ids.add(recordId, row) : 0;
    if (first > 0) {
      refusals.push({ field: job.idColumn, reason: `expected each record once; row ${first} has the same id` });
    }
    const content = refusals.length === 0 ? reader.contentOrRefusals(record, recordId) : undefined;
    if (content !== undefined && 'refusals' in content) refusals.push(...content.refusals);
    for (const { field, reason } of refusals) errors.add(row, field, reason);
    if (errors.count > 0) continue;
    encoder.encode(values, filters, 0);
    writer.writeRecord(recordId, filters, content && 'content' in content ? content.content : undefined);
  }
  if (reader === undefined) throw withoutHeader(job.people);
  errors.throwIfAny('ROWS_REFUSED', job.people);
  return read;
}

async function encodeEvents(
  job: EncodeJob, path: string, writer: ExtractWriter, ids: RecordIdTable, bytesBefore: number,
): Promise<void> {
  const identify = createRecordIdentifier(job.secret, job.registerId);
  const errors = new RowErrorList();
  let places: number[] | undefined;
  let fields = 0;
  let row = 0;
  const onProgress = (bytes: number): void => job.onProgress?.(bytesBefore + bytes);
  const csv = readCsv(path, { ...reading(job), onProgress });
  for await (const record of csv) {
    job.signal?.throwIfAborted();
    if (places === undefined) {
      places = [job.idColumn, ...EVENTS_HEADER.slice(1)].map((column) => placeOf(column, record));
      fields = record.length;
      continue;
    }
    row++;
    if (record.length !== fields) {
      errors.add(row, '', `expected ${fields} fields as in the header, got ${record.length}`);
      continue;
    }
    const [localId, kind, date, country] = places.map((place) => record[place]);
    const recordId = identify(localId);
    const before = errors.count;
    if (ids.rowOf(recordId) === 0) errors.add(row, job.idColumn, 'expected the id of a record of this register');
    if (!isIsoDate(date)) errors.add(row, 'date', 'expected a date as YYYY-MM-DD');
    if (!isCountry(country)) errors.add(row, 'country', 'expected an ISO 3166-1 alpha-2 code, UNK or nothing');
    if (!isEventKind(kind)) errors.add(row, 'kind', 'expected a kind of event, such as registered or departed');
    else if (errors.count === before) {
      writer.writeEvent({ recordId: Buffer.from(recordId).toString('hex'), kind, date, country });
    }
  }
  if (places === undefined) throw withoutHeader(path);
  errors.throwIfAny('ROWS_REFUSED', path);
}

function withoutHeader(path: string): VinculumError {
  return new VinculumError('CSV_UNREADABLE', `${path}: expected a header line, got nothing`);
}

function reading(job: EncodeJob): { trim: true; encoding?: TextEncoding } {
  return job.encoding === undefined ? { trim: true } : { trim: true, encoding: job.encoding };
}

