import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RowsChunkPlace } from '../extracts/content-key.js';
import { CONTENT_COLUMNS, type ContentPartName } from '../extracts/content-tables.js';
import { copyOut } from '../platform/database/copy-out.js';
import { copyInto } from '../platform/database/copy-rows.js';
import { isRowId } from '../platform/database/row-id.js';

/** Encrypted rows as they are stored. */
export interface StoredRowsChunk extends RowsChunkPlace {
  readonly data: Buffer;
}

const TABLES: Readonly<Record<ContentPartName, string>> = { content: 'record', events: 'event' };

/** SQL of content and events, as the role that tabulates: as they are kept, and opened for a transaction. */
@Injectable()
export class ContentTablesRepository {
  async wrappedKey(manager: EntityManager, extract: string): Promise<Buffer | undefined> {
    const rows = await manager.query<{ wrapped: Buffer }[]>(
      'SELECT wrapped FROM content.key WHERE extract = $1', [extract]);
    return rows[0]?.wrapped;
  }

  /** At most so many chunks, in their order, from a number on. */
  async chunks(
    manager: EntityManager, extract: string, part: ContentPartName, from: number, count: number,
  ): Promise<StoredRowsChunk[]> {
    // COPY takes no parameters: what stands in its text is looked at.
    const query = `SELECT number, last, data FROM content.sealed_rows WHERE extract = '${idOf(extract)}'
      AND part = '${part}' AND number >= ${Math.trunc(from)} ORDER BY number LIMIT ${Math.trunc(count)}`;
    const chunks: StoredRowsChunk[] = [];
    for await (const [number, last, data] of copyOut(manager, query)) {
      chunks.push({ part, number: number!.readInt32BE(), last: last![0] === 1, data: data! });
    }
    return chunks;
  }

  /** `pg_temp.record` and `pg_temp.event`: this connection's alone, gone with the transaction, in no log. */
  async create(manager: EntityManager): Promise<void> {
    for (const part of Object.keys(TABLES) as ContentPartName[]) {
      await manager.query(
        `CREATE TEMPORARY TABLE ${TABLES[part]} (extract uuid NOT NULL, ${CONTENT_COLUMNS[part]}) ON COMMIT DROP`);
    }
  }

  /** What is added from here on is of this extract: its rows do not name it. */
  async beginExtract(manager: EntityManager, part: ContentPartName, extract: string): Promise<void> {
    await manager.query(`ALTER TABLE pg_temp.${TABLES[part]} ALTER COLUMN extract SET DEFAULT '${idOf(extract)}'`);
  }

  /** @param rows pieces of whole rows. */
  async add(manager: EntityManager, part: ContentPartName, rows: readonly Buffer[]): Promise<void> {
    const columns = CONTENT_COLUMNS[part].split(', ').map((column) => column.split(' ')[0]).join(', ');
    await copyInto(manager, `pg_temp.${TABLES[part]} (${columns})`, rows);
  }

  /**
   * When all is there: nobody else looks after temporary tables. Statistics are of the columns that join and
   * of no others: values that are frequent would stand in a catalog, and in the write-ahead log.
   */
  async finish(manager: EntityManager): Promise<void> {
    await manager.query('CREATE INDEX ON pg_temp.event (extract, row_no)');
    await manager.query('ANALYZE pg_temp.record (extract, row_no), pg_temp.event (extract, row_no)');
  }
}

function idOf(extract: string): string {
  if (!isRowId(extract)) throw new Error('not the id of an extract');
  return extract;
}
