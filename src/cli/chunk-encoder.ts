import { isAscii } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
  createEncoder, createRecordIdWriter, type Encoder, type EncodingSpec, type RecordIdWriter,
} from '#libs/encode';
import { MAX_ROW_ERRORS, RECORD_ID_BYTES, type RowError } from '#libs/record';
import { contentLine, type FieldRefusal } from '../extract-folder/index.js';
import { UNDECODABLE, type TextEncoding } from './csv-rows.js';
import { CsvRefusal, splitCsv, type CsvDialect } from './csv-splitter.js';
import type { EncodedChunk } from './encoded-chunk.js';
import type { RecordContent } from './content-map.js';
import { PersonReader, type PersonReading } from './person-reader.js';
import { PlainChunkEncoder } from './plain-chunk-encoder.js';

/** What encodes whole records of one CSV file; plain data, so that it can be sent to a thread. */
export interface ChunkPlan {
  readonly reading: PersonReading;
  readonly header: readonly string[];
  readonly dialect: CsvDialect;
  readonly encoding: TextEncoding;
  readonly spec: EncodingSpec;
  readonly registerId: string;
  /** Wiped by `ChunkEncoder.wipe` in the thread that holds this copy. */
  readonly secret: Uint8Array;
}

/** Rows for which memory is taken at first, and rows that are encoded together. */
const FIRST_ROWS = 4096;
const BATCH_ROWS = 1024;

/** Encodes chunks of one CSV file. Equal bytes in, equal bytes out, whatever was encoded before. */
export class ChunkEncoder {
  private readonly ids: RecordIdWriter;
  private readonly reader: PersonReader;
  private readonly plain: PlainChunkEncoder;

  /**
   * @param encoder of the plan's spec and secret; to make one takes as long as to encode many thousand
   * records
   */
  constructor(
    private readonly plan: ChunkPlan,
    private readonly encoder: Encoder = createEncoder(plan.spec, plan.secret, { randomBytes }),
  ) {
    this.ids = createRecordIdWriter(plan.secret, plan.registerId);
    this.reader = new PersonReader(plan.reading, plan.header, this.encoder.roles);
    const { dialect, header: { length } } = plan;
    this.plain = new PlainChunkEncoder(this.encoder, this.ids, this.reader, dialect, length);
  }

  /**
   * @param room of an earlier result that is needed no more; to take it again is faster than to have pages
   *   of memory made for each chunk
   */
  encode(bytes: Uint8Array, room?: ArrayBuffer): EncodedChunk {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const { encoding } = this.plan;
    const utf8 = encoding === 'utf8' || isAscii(buffer) ? buffer : Buffer.from(buffer.toString(encoding));
    return this.plain.encode(utf8, room) ?? this.encodeText(buffer.toString(encoding));
  }

  /** What `encode` gives, from a chunk as text: the readable twin of `PlainChunkEncoder`. */
  encodeText(text: string): EncodedChunk {
    const { dialect } = this.plan;
    const chunk = new ChunkUnderWork(this.encoder, this.ids);
    const undecodable = text.includes(UNDECODABLE);
    try {
      splitCsv(text, dialect, (record, number) => this.encodeRecord(record, number + 1, chunk, undecodable));
    } catch (error) {
      if (!(error instanceof CsvRefusal)) throw error;
      const { reason, record } = error;
      return { ...chunk.finish(this.reader.hasContent), csvRefusal: { reason, record } };
    }
    return chunk.finish(this.reader.hasContent);
  }

  wipe(): void {
    this.plan.secret.fill(0);
  }

  private encodeRecord(
    record: readonly string[], row: number, chunk: ChunkUnderWork, undecodable: boolean,
  ): void {
    const { reader } = this;
    chunk.rows = row;
    const wrongLength = reader.refusalOfLength(record);
    if (wrongLength !== undefined) return chunk.refuse(row, [wrongLength]);
    const values = reader.valuesOf(record);
    const refusals = reader.refusalsOf(record, values, undecodable);
    if (refusals !== undefined) return chunk.refuse(row, refusals);
    const content = reader.contentOrRefusals(record);
    if (content !== undefined && 'refusals' in content) return chunk.refuse(row, content.refusals);
    chunk.add(row, reader.localIdOf(record), values, content?.content);
  }
}

/** The result of a chunk as it grows; ids, filters and content are made for many rows at a time. */
class ChunkUnderWork {
  rows = 0;
  private contentLines = '';
  private encodings: Uint8Array;
  private readonly rowBytes: number;
  private readonly refusals: RowError[] = [];
  private refusalsInAll = 0;
  private readonly encodedRows: number[] = [];
  /** Of the last rows, which are not encoded yet. */
  private values: (readonly string[])[] = [];
  private localIds: string[] = [];
  private contents: RecordContent[] = [];

  constructor(private readonly encoder: Encoder, private readonly ids: RecordIdWriter) {
    this.rowBytes = RECORD_ID_BYTES + encoder.recordBytes;
    this.encodings = new Uint8Array(FIRST_ROWS * this.rowBytes);
  }

  refuse(row: number, refusals: readonly FieldRefusal[]): void {
    this.refusalsInAll += refusals.length;
    for (const { field, reason } of refusals) {
      if (this.refusals.length < MAX_ROW_ERRORS) this.refusals.push({ row, field, reason });
    }
  }

  add(row: number, localId: string, values: readonly string[], content: RecordContent | undefined): void {
    const at = this.encodedRows.length * this.rowBytes;
    if (at + this.rowBytes > this.encodings.length) {
      const grown = new Uint8Array(this.encodings.length * 2);
      grown.set(this.encodings);
      this.encodings = grown;
    }
    this.encodedRows.push(row);
    this.localIds.push(localId);
    if (content !== undefined) this.contents.push(content);
    if (this.values.push(values) === BATCH_ROWS) this.encodeWaiting();
  }

  finish(hasContent: boolean): EncodedChunk {
    this.encodeWaiting();
    const { rows, refusals, refusalsInAll, encodedRows, rowBytes, contentLines } = this;
    return {
      rows, refusals, refusalsInAll, encodings: this.encodings.subarray(0, encodedRows.length * rowBytes),
      ...(refusalsInAll > 0 && { encodedRows }), ...(hasContent && { contentLines }),
    };
  }

  private encodeWaiting(): void {
    const { values, localIds, contents, encoder, encodings, encodedRows, rowBytes } = this;
    const first = (encodedRows.length - values.length) * rowBytes;
    this.ids.writeTexts(localIds, encodings, first, rowBytes);
    encoder.encodeRows(values, encodings, first + RECORD_ID_BYTES, rowBytes);
    contents.forEach((content, i) => {
      const at = first + i * rowBytes;
      const recordId = Buffer.from(encodings.buffer, at, RECORD_ID_BYTES).toString('hex');
      this.contentLines += contentLine({ recordId, ...content });
    });
    [this.values, this.localIds, this.contents] = [[], [], []];
  }
}
