import { TextPool, type Encoder, type RecordIdWriter } from '#libs/encode';
import { MAX_ROW_ERRORS, RECORD_ID_BYTES, type RowError } from '#libs/record';
import { contentLine, type FieldRefusal } from '../extract-folder/index.js';
import type { RecordContent } from './content-map.js';
import type { CsvDialect } from './csv-splitter.js';
import type { EncodedChunk } from './encoded-chunk.js';
import type { PersonReader } from './person-reader.js';
import { PlainCsvReader } from './plain-csv.js';

/**
 * Encodes chunks whose CSV is plain, from their bytes: values and ids are looked up and hashed where they
 * stand, and a record becomes texts only when something about it may be wrong. `ChunkEncoder.encodeText` is
 * its readable twin and gives the same.
 */
export class PlainChunkEncoder {
  private readonly csv: PlainCsvReader;
  private readonly pool = new TextPool();
  private readonly rolePlaces: readonly number[];
  private readonly datePlace: number;
  private readonly contentPlaces: readonly number[];
  private readonly canEncode: boolean;

  constructor(
    private readonly encoder: Encoder, private readonly ids: RecordIdWriter,
    private readonly reader: PersonReader, dialect: CsvDialect, private readonly columns: number,
  ) {
    this.csv = new PlainCsvReader(dialect, columns);
    this.canEncode = reader.rolePlaces !== undefined;
    this.rolePlaces = reader.rolePlaces ?? [];
    this.datePlace = this.rolePlaces[encoder.roles.indexOf('birthDate')] ?? -1;
    this.contentPlaces = reader.contentPlaces;
  }

  /** The chunk, encoded; undefined when it is not plain. The result may take `room`. */
  encode(bytes: Buffer, room?: ArrayBuffer): EncodedChunk | undefined {
    const rows = this.canEncode ? this.csv.read(bytes) : undefined;
    if (rows === undefined) return undefined;
    const good = new GoodRows(rows, this.encoder.roles.length);
    const { fields } = this.csv;
    for (let row = 0; row < rows; row++) this.readRow(bytes, fields, row, good);
    const rowBytes = RECORD_ID_BYTES + this.encoder.recordBytes;
    const encodings = roomFor(good.count * rowBytes, room);
    const { count, idFields, valueFields } = good.trimmed();
    this.ids.writeFields(bytes, idFields, encodings, 0, rowBytes);
    this.encoder.encodeFields(bytes, valueFields, count, encodings, RECORD_ID_BYTES, rowBytes);
    return {
      rows, refusals: good.refusals, refusalsInAll: good.refusalsInAll, encodings,
      ...(good.refusalsInAll > 0 && { encodedRows: good.rows }),
      ...(this.reader.hasContent && { contentLines: contentLines(good.contents, encodings, rowBytes) }),
    };
  }

  private readRow(bytes: Buffer, fields: Uint32Array, row: number, good: GoodRows): void {
    const { columns, reader, rolePlaces } = this;
    const first = 2 * row * columns;
    const id = first + 2 * reader.idPlace;
    if (fields[id] === fields[id + 1] || !this.hasPlainDate(bytes, fields, first)) {
      const record = this.textsOf(bytes, fields, first);
      const refusals = reader.refusalsOf(record, reader.valuesOf(record), false);
      if (refusals !== undefined) return good.refuse(row, refusals);
    }
    if (reader.hasContent) {
      const content = reader.contentOrRefusals(this.contentTextsOf(bytes, fields, first));
      if (content !== undefined && 'refusals' in content) return good.refuse(row, content.refusals);
      if (content !== undefined) good.contents.push(content.content);
    }
    good.add(row, fields, first, rolePlaces, id);
  }

  /** Whether the date of birth is one that needs no closer look: none at all, or of 1900 to 2099. */
  private hasPlainDate(bytes: Buffer, fields: Uint32Array, first: number): boolean {
    if (this.datePlace < 0) return true;
    const at = fields[first + 2 * this.datePlace];
    const to = fields[first + 2 * this.datePlace + 1];
    return at === to || this.reader.isPlainDate(bytes, at, to);
  }

  private textsOf(bytes: Buffer, fields: Uint32Array, first: number): string[] {
    return Array.from({ length: this.columns }, (_, i) =>
      bytes.toString('utf8', fields[first + 2 * i], fields[first + 2 * i + 1]));
  }

  /** A record of which only the columns of the content are there. */
  private contentTextsOf(bytes: Buffer, fields: Uint32Array, first: number): string[] {
    const { contentPlaces, pool } = this;
    const record: string[] = [];
    for (const place of contentPlaces) {
      record[place] = pool.textOf(bytes, fields[first + 2 * place], fields[first + 2 * place + 1]);
    }
    return record;
  }
}

/** So many bytes of `room`; where it is too small, new ones with some more behind them for the next chunk. */
function roomFor(bytes: number, room: ArrayBuffer | undefined): Uint8Array {
  const enough = room !== undefined && room.byteLength >= bytes;
  return new Uint8Array(enough ? room : new ArrayBuffer(bytes + (bytes >>> 3)), 0, bytes);
}

/** Rows that are not refused, and where their ids and values are; refusals of the others. */
class GoodRows {
  readonly rows: number[] = [];
  readonly refusals: RowError[] = [];
  readonly contents: RecordContent[] = [];
  refusalsInAll = 0;
  private readonly idFields: Uint32Array;
  private readonly valueFields: Uint32Array;

  constructor(rows: number, private readonly roles: number) {
    this.idFields = new Uint32Array(2 * rows);
    this.valueFields = new Uint32Array(2 * rows * roles);
  }

  get count(): number {
    return this.rows.length;
  }

  add(row: number, fields: Uint32Array, first: number, places: readonly number[], id: number): void {
    const { count, idFields, valueFields } = this;
    idFields[2 * count] = fields[id];
    idFields[2 * count + 1] = fields[id + 1];
    let at = 2 * count * this.roles;
    for (let i = 0; i < places.length; i++, at += 2) {
      // A role without a column stays an empty field.
      if (places[i] < 0) continue;
      valueFields[at] = fields[first + 2 * places[i]];
      valueFields[at + 1] = fields[first + 2 * places[i] + 1];
    }
    this.rows.push(row + 1);
  }

  refuse(row: number, refusals: readonly FieldRefusal[]): void {
    this.refusalsInAll += refusals.length;
    for (const { field, reason } of refusals) {
      if (this.refusals.length < MAX_ROW_ERRORS) this.refusals.push({ row: row + 1, field, reason });
    }
  }

  trimmed(): { readonly count: number; readonly idFields: Uint32Array; readonly valueFields: Uint32Array } {
    const { count, idFields, valueFields, roles } = this;
    return {
      count, idFields: idFields.subarray(0, 2 * count),
      valueFields: valueFields.subarray(0, 2 * count * roles),
    };
  }
}

function contentLines(contents: readonly RecordContent[], encodings: Uint8Array, rowBytes: number): string {
  const bytes = Buffer.from(encodings.buffer, encodings.byteOffset, encodings.length);
  let lines = '';
  contents.forEach((content, i) => {
    const recordId = bytes.toString('hex', i * rowBytes, i * rowBytes + RECORD_ID_BYTES);
    lines += contentLine({ recordId, ...content });
  });
  return lines;
}
