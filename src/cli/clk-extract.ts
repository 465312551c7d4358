import { CLK_SEGMENT, clkBytes, createRecordIdentifier, keyFingerprint, type ClkRow } from '#libs/encode';
import { VinculumError, type ContentRow, type ExtractManifest, type JsonValue } from '#libs/record';
import type { ExtractWriter, FieldRefusal, RecordIdPartitions } from '../extract-folder/index.js';
import { readClkRows, type ClkFile } from './clk-rows.js';
import { variablesOfMap } from './content-map.js';
import { UNDECODABLE, readCsv } from './csv-rows.js';
import type { EncodeJob } from './encode-extract.js';
import { PersonReader } from './person-reader.js';
import { RowErrorList } from './row-errors.js';
import { writeExtract } from './write-extract.js';

/** Everything that makes an extract of filters that another program encoded. */
export interface ClkExtractJob extends Pick<EncodeJob,
  'out' | 'secret' | 'registerId' | 'cardinality' | 'referenceDate' | 'idColumn' | 'content' | 'events' | 'encoding'
  | 'signal'> {
  readonly clks: ClkFile;
  /** CSV with the record ids, and the content where there is any: row by row what the filters are of. */
  readonly people: string;
  readonly specHash: string;
  /** The clkhash schema, where there is one: what the filters are judged by. */
  readonly spec?: JsonValue;
}

/** Longest filter of an extract, in bits. */
const MAX_BITS = 65_536;

/**
 * Makes an extract of a file of filters and a CSV that has a row for each, in the same order. Filters whose
 * length is no multiple of 8 get zero bits at the end, which no similarity sees. Bad rows of both files are
 * collected; when there is any, nothing is written.
 *
 * @throws VinculumError ROWS_REFUSED with the rows, ROWS_DIFFER, CLKS_INVALID, CLKS_UNREADABLE,
 *   CSV_UNREADABLE, COLUMNS_INVALID, EXTRACT_EXISTS, FILTER_TOO_LONG, OUTPUT_NOT_WRITTEN.
 */
export async function makeClkExtract(job: ClkExtractJob): Promise<ExtractManifest> {
  const bits = clkBytes(job.clks.bits) * 8;
  if (bits > MAX_BITS) throw new VinculumError('FILTER_TOO_LONG', `expected filters of at most ${MAX_BITS} bits, got ${bits}`);
  const { registerId, cardinality, referenceDate, specHash } = job;
  const heading = {
    registerId, cardinality, referenceDate, specHash, keyFingerprint: keyFingerprint(job.secret),
    segments: [{ name: CLK_SEGMENT, bits }], ...(job.spec === undefined ? {} : { spec: job.spec }),
    ...(job.content && { variables: variablesOfMap(job.content) }),
  };
  return writeExtract(job, heading, (writer, ids) => writeRecords(job, writer, ids));
}

/** Returns 0: nobody is told how far it is. */
async function writeRecords(
  job: ClkExtractJob, writer: ExtractWriter, ids: RecordIdPartitions,
): Promise<number> {
  const people = readCsv(job.people, { trim: true, ...(job.encoding && { encoding: job.encoding }) });
  const clks = readClkRows(job.clks);
  const errors = new RowErrorList();
  try {
    const header = await people.next();
    if (header.done) throw new VinculumError('CSV_UNREADABLE', `${job.people}: expected a header line, got nothing`);
    const reader = new RecordReader(job, header.value, errors);
    let row = 0;
    for (;;) {
      job.signal?.throwIfAborted();
      const [person, clk] = [await people.next(), await clks.next()];
      if (person.done && clk.done) break;
      row++;
      if (person.done || clk.done) throw rowsDiffer(row - 1, clk.done === true);
      const record = reader.read(person.value, clk.value, row);
      if (record === undefined) continue;
      ids.add(record.recordId, 0, row);
      if (errors.count === 0) writer.writeRecord(record.recordId, record.filter, record.content);
    }
    ids.forEachRepeated((repeated, first) =>
      errors.add(repeated, job.idColumn, `expected each record once; row ${first} has the same id`));
    errors.throwIfAny('ROWS_REFUSED', `${job.clks.path} with ${job.people}`);
    return 0;
  } finally {
    await people.return();
    await clks.return();
  }
}

interface ReadRecord {
  readonly recordId: Uint8Array;
  readonly filter: Uint8Array;
  readonly content?: ContentRow;
}

/** What becomes of one row of both files. */
class RecordReader {
  private readonly person: PersonReader;
  private readonly identify: (localId: string) => Uint8Array;

  constructor(job: ClkExtractJob, header: readonly string[], private readonly errors: RowErrorList) {
    const { idColumn, content, encoding } = job;
    this.person = new PersonReader({
      columns: new Map(), idColumn, ...(content && { content }), ...(encoding && { encoding }),
    }, header, []);
    this.identify = createRecordIdentifier(job.secret, job.registerId);
  }

  /** Undefined where the row is refused. */
  read(person: readonly string[], clk: ClkRow, row: number): ReadRecord | undefined {
    const refusals: FieldRefusal[] = 'reason' in clk ? [{ field: CLK_SEGMENT, reason: clk.reason }] : [];
    const length = this.person.refusalOfLength(person);
    const undecodable = person.some((value) => value.includes(UNDECODABLE));
    refusals.push(...length ? [length] : this.person.refusalsOf(person, [], undecodable) ?? []);
    const recordId = length ? undefined : this.identify(this.person.localIdOf(person));
    const content = refusals.length > 0 ? undefined : this.person.contentOrRefusals(person);
    if (content !== undefined && 'refusals' in content) refusals.push(...content.refusals);
    for (const { field, reason } of refusals) this.errors.add(row, field, reason);
    if (refusals.length > 0 || recordId === undefined || 'reason' in clk) return undefined;
    const { filter } = clk;
    if (content === undefined || 'refusals' in content) return { recordId, filter };
    return { recordId, filter, content: { recordId: Buffer.from(recordId).toString('hex'), ...content.content } };
  }
}

function rowsDiffer(rows: number, fewerFilters: boolean): VinculumError {
  const [fewer, more] = fewerFilters ? ['filters', 'rows of the CSV'] : ['rows of the CSV', 'filters'];
  return new VinculumError('ROWS_DIFFER',
    `expected a filter for each row of the CSV, got ${rows} ${fewer} and more ${more}; nothing was written`);
}
