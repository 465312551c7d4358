import type { Client } from 'pg';
import { ContentKey } from '../../src/extracts/content-key.js';
import { CONTENT_PARTS, type ContentPartName } from '../../src/extracts/content-tables.js';
import type { StorageKeys } from '../../src/platform/keys/storage-keys.js';

/** Rows of a table, as any client gives them. */
export type Query = <Row extends object>(sql: string, values: unknown[]) => Promise<Row[]>;

export interface KeptChunk {
  readonly part: ContentPartName;
  readonly number: number;
  readonly last: boolean;
  readonly data: Buffer;
}

/** What a dump of the database holds of an extract's content and events. */
export interface KeptContent {
  readonly extract: string;
  readonly wrapped: Buffer;
  readonly chunks: readonly KeptChunk[];
}

/** Fields of rows of content and events; the first is the number of the record. */
export type ContentRows = Readonly<Record<ContentPartName, readonly (readonly string[])[]>>;

export function queryOf(client: Client): Query {
  return async <Row extends object>(sql: string, values: unknown[]) =>
    (await client.query<Row>(sql, values)).rows;
}

export async function keptContentOf(query: Query, extract: string): Promise<KeptContent> {
  const [{ wrapped }] = await query<{ wrapped: Buffer }>('SELECT wrapped FROM content.key WHERE extract = $1', [extract]);
  const chunks = await query<KeptChunk>(
    'SELECT part, number, last, data FROM content.sealed_rows WHERE extract = $1 ORDER BY part, number', [extract]);
  return { extract, wrapped, chunks };
}

/** Opens what is kept as somebody could who has the storage's keys, and reads COPY's rows field by field. */
export async function openedRows(keys: StorageKeys, kept: KeptContent): Promise<ContentRows> {
  const key = await ContentKey.unwrap(keys, kept.extract, kept.wrapped);
  const rowsOf = (part: ContentPartName): string[][] => {
    const chunks = kept.chunks.filter((chunk) => chunk.part === part);
    return rowsOfCopy(Buffer.concat(chunks.map(({ data, ...place }) => key.open(place, data))), part);
  };
  return Object.fromEntries(CONTENT_PARTS.map((part) => [part, rowsOf(part)])) as unknown as ContentRows;
}

/** Number of the record first; in events a date is third, as days from 2000-01-01. */
function rowsOfCopy(bytes: Buffer, part: ContentPartName): string[][] {
  const rows: string[][] = [];
  for (let at = 0; at < bytes.length;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    const row: string[] = [];
    for (let field = 0; field < fields; field++) {
      const length = bytes.readInt32BE(at);
      const value = bytes.subarray(at + 4, at + 4 + length);
      at += 4 + length;
      const isDate = part === 'events' && field === 2;
      if (isDate) row.push(new Date(Date.UTC(2000, 0, 1 + value.readInt32BE())).toISOString().slice(0, 10));
      else row.push(field === 0 ? String(value.readInt32BE()) : value.toString());
    }
    rows.push(row);
  }
  return rows;
}
