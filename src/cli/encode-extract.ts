import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import {
  canaryHashes, createEncoder, encodingSpecHash, keyFingerprint, rolesOfSpec,
  segmentShapes, type Encoder, type EncodingSpec,
} from '#libs/encode';
import type { Cardinality, ExtractManifest, JsonValue } from '#libs/record';
import type { ExtractWriter, RecordIdPartitions } from '../extract-folder/index.js';
import type { ChunkPlan } from './chunk-encoder.js';
import type { ColumnMapping } from './column-mapping.js';
import { variablesOfMap, type ContentMap } from './content-map.js';
import { openCsv } from './csv-chunks.js';
import type { TextEncoding } from './csv-rows.js';
import { CsvRefusal } from './csv-splitter.js';
import { encodeChunks, threadsFor } from './encode-threads.js';
import type { EncodedChunk } from './encoded-chunk.js';
import { PersonReader } from './person-reader.js';
import { RowErrorList } from './row-errors.js';
import { writeExtract } from './write-extract.js';

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
  /** Threads that encode besides this one; default: one a core but one for large files. Changes no result. */
  readonly threads?: number;
  /** Told the bytes read of both files so far. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Encodes a register into an extract's folder, streaming. Bad rows are collected over the whole input; when
 * there is any, nothing is written.
 *
 * @throws VinculumError ROWS_REFUSED with the rows, CSV_UNREADABLE, COLUMNS_INVALID, EXTRACT_EXISTS,
 *   OUTPUT_NOT_WRITTEN.
 */
export async function encodeExtract(job: EncodeJob): Promise<ExtractManifest> {
  const { registerId, cardinality, referenceDate, spec } = job;
  const encoder = createEncoder(spec, job.secret, { randomBytes });
  const heading = {
    registerId, cardinality, referenceDate, specHash: encodingSpecHash(spec),
    keyFingerprint: keyFingerprint(job.secret), segments: segmentShapes(spec),
    spec: spec as unknown as JsonValue, ...(job.content && { variables: variablesOfMap(job.content) }),
    canaries: canaryHashes(spec, job.secret, encoder),
  };
  return writeExtract(job, heading, (writer, ids) => encodePeople(job, encoder, writer, ids));
}

/** Returns the bytes read. */
async function encodePeople(
  job: EncodeJob, encoder: Encoder, writer: ExtractWriter, ids: RecordIdPartitions,
): Promise<number> {
  let read = 0;
  const csv = openCsv(job.people, {
    trim: true, ...(job.encoding && { encoding: job.encoding }),
    onProgress: (bytes) => job.onProgress?.(read = bytes),
  });
  try {
    const { header, dialect, encoding } = csv;
    const { spec, registerId, secret, columns, idColumn, content, tolerateDates = false } = job;
    const plan: ChunkPlan = {
      header, dialect, encoding, spec, registerId, secret,
      reading: { columns, idColumn, encoding, tolerateDates, ...(content && { content }) },
    };
    // Threads would find a missing column too, but each of them.
    new PersonReader(plan.reading, header, rolesOfSpec(spec));
    const threads = job.threads ?? threadsFor(statSync(job.people).size);
    const people = new PeopleCollector(job, writer, ids);
    for await (const chunk of encodeChunks(csv.chunks(), plan, threads, encoder)) {
      job.signal?.throwIfAborted();
      people.add(chunk);
    }
    people.finish();
    return read;
  } finally {
    csv.close();
  }
}

/** Puts encoded chunks, in their order, into an extract. */
class PeopleCollector {
  private readonly errors = new RowErrorList();
  private rows = 0;

  constructor(
    private readonly job: EncodeJob, private readonly writer: ExtractWriter,
    private readonly ids: RecordIdPartitions,
  ) {}

  add(chunk: EncodedChunk): void {
    const { rows, encodings, encodedRows, refusals } = chunk;
    if (chunk.csvRefusal !== undefined) {
      const { reason, record } = chunk.csvRefusal;
      throw new CsvRefusal(reason, record).inFile(this.job.people, this.rows + 1);
    }
    const records = encodedRows?.length ?? rows;
    const rowBytes = encodings.length / Math.max(records, 1);
    for (let i = 0; i < records; i++) {
      this.ids.add(encodings, i * rowBytes, this.rows + (encodedRows?.[i] ?? i + 1));
    }
    const inFile = refusals.map((refusal) => ({ ...refusal, row: this.rows + refusal.row }));
    this.errors.addListed(inFile, chunk.refusalsInAll);
    this.rows += rows;
    if (this.errors.count === 0) this.writer.writeRecords(rows, encodings, chunk.contentLines);
  }

  /** @throws VinculumError ROWS_REFUSED when a row was refused, or an id is there twice. */
  finish(): void {
    const { errors, ids, job: { idColumn, people } } = this;
    ids.forEachRepeated((row, first) =>
      errors.add(row, idColumn, `expected each record once; row ${first} has the same id`));
    errors.throwIfAny('ROWS_REFUSED', people);
  }
}
