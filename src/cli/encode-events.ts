import { createRecordIdentifier } from '#libs/encode';
import { EVENTS_HEADER, VinculumError } from '#libs/record';
import {
  isCountry, isEventKind, isIsoDate, type ExtractWriter, type RecordIdPartitions,
} from '../extract-folder/index.js';
import { placeOf } from './column-mapping.js';
import { readCsv, type TextEncoding } from './csv-rows.js';
import { RowErrorList } from './row-errors.js';

/** What the events of a register need besides its record ids. */
export interface EventsJob {
  readonly secret: Uint8Array;
  readonly registerId: string;
  readonly idColumn: string;
  readonly encoding?: TextEncoding;
  /** Told the bytes read of both files so far. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Appends the events of a register to its extract.
 *
 * @throws VinculumError ROWS_REFUSED with the rows, CSV_UNREADABLE, COLUMNS_INVALID.
 */
export async function encodeEvents(
  job: EventsJob, path: string, writer: ExtractWriter, ids: RecordIdPartitions, eventIds: RecordIdPartitions,
  bytesBefore: number,
): Promise<void> {
  const identify = createRecordIdentifier(job.secret, job.registerId);
  const errors = new RowErrorList();
  let places: number[] | undefined;
  let fields = 0;
  let row = 0;
  const onProgress = (bytes: number): void => job.onProgress?.(bytesBefore + bytes);
  const csv = readCsv(path, { trim: true, ...(job.encoding && { encoding: job.encoding }), onProgress });
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
    eventIds.add(recordId, 0, row);
    if (!isIsoDate(date)) errors.add(row, 'date', 'expected a date as YYYY-MM-DD');
    if (!isCountry(country)) errors.add(row, 'country', 'expected an ISO 3166-1 alpha-2 code, UNK or nothing');
    if (!isEventKind(kind)) errors.add(row, 'kind', 'expected a kind of event, such as registered or departed');
    else if (errors.count === before) {
      writer.writeEvent({ recordId: Buffer.from(recordId).toString('hex'), kind, date, country });
    }
  }
  if (places === undefined) throw withoutHeader(path);
  eventIds.forEachUnknown(ids, (unknown) =>
    errors.add(unknown, job.idColumn, 'expected the id of a record of this register'));
  errors.throwIfAny('ROWS_REFUSED', path);
}

function withoutHeader(path: string): VinculumError {
  return new VinculumError('CSV_UNREADABLE', `${path}: expected a header line, got nothing`);
}
