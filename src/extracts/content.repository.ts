import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CopyRows, copyInto } from '../platform/database/copy-rows.js';
import { CONTENT_COLUMNS } from './content-tables.js';
import type { SealedRowsChunk } from './sealed-rows.js';

/** A record whose events cannot all be true. */
export interface Contradiction {
  /** From 1. */
  readonly row: number;
  readonly reason: string;
}

/** SQL of content and events as they are kept: encrypted rows, and the key of an extract's. */
@Injectable()
export class ContentRepository {
  async insertKey(manager: EntityManager, extract: string, wrapped: Buffer): Promise<void> {
    await manager.query('INSERT INTO content.key (extract, wrapped) VALUES ($1, $2)', [extract, wrapped]);
  }

  async wrappedKey(manager: EntityManager, extract: string): Promise<Buffer | undefined> {
    const rows = await manager.query<{ wrapped: Buffer }[]>(
      'SELECT wrapped FROM content.key WHERE extract = $1', [extract]);
    return rows[0]?.wrapped;
  }

  async store(manager: EntityManager, extract: string, chunk: SealedRowsChunk): Promise<void> {
    await copyInto(manager, 'content.sealed_rows (extract, part, number, last, data)', chunkRow(extract, chunk));
  }

  /** Events in the clear, for `contradictions`: gone with the manager's transaction, in no log. */
  async beginEvents(manager: EntityManager): Promise<void> {
    await manager.query(`CREATE TEMPORARY TABLE event (${CONTENT_COLUMNS.events}) ON COMMIT DROP`);
  }

  /** @param rows as `EventsPart` makes them. */
  async addEvents(manager: EntityManager, rows: Buffer): Promise<void> {
    await copyInto(manager, 'pg_temp.event', [rows]);
  }

  /** Of the events that were added, in the order of the records; the first 10,000. */
  async contradictions(manager: EntityManager): Promise<Contradiction[]> {
    return manager.query<Contradiction[]>(CONTRADICTIONS);
  }

  async removeAll(manager: EntityManager, extract: string): Promise<void> {
    await manager.query('DELETE FROM content.sealed_rows WHERE extract = $1', [extract]);
    await manager.query('DELETE FROM content.key WHERE extract = $1', [extract]);
  }
}

const CONTRADICTIONS = `
SELECT row_no + 1 AS row, reason FROM (
  SELECT row_no, CASE
    WHEN max(date) FILTER (WHERE kind = 'born') > min(date) FILTER (WHERE kind <> 'born')
      THEN 'expected no event before the birth'
    WHEN min(date) FILTER (WHERE kind = 'died')
      < max(date) FILTER (WHERE kind NOT IN ('died', 'deregistered', 'permit-until'))
      THEN 'expected no event after the death'
    WHEN max(date) FILTER (WHERE kind = 'permit-until') < min(date) FILTER (WHERE kind = 'permit-from')
      THEN 'expected no permit that ends before it begins'
    WHEN count(*) FILTER (WHERE kind = 'arrived') = 1 AND count(*) FILTER (WHERE kind = 'departed') = 1
      AND count(*) FILTER (WHERE kind = 'permit-from') > 0
      AND max(date) FILTER (WHERE kind = 'departed') < min(date) FILTER (WHERE kind = 'arrived')
      THEN 'expected no departure before the arrival on a permit'
  END AS reason
  FROM pg_temp.event GROUP BY row_no) contradiction
WHERE reason IS NOT NULL ORDER BY row_no LIMIT 10000`;

function* chunkRow(extract: string, { part, number, last, data }: SealedRowsChunk): Generator<Buffer> {
  const copy = new CopyRows();
  copy.beginRow(5);
  copy.uuid(extract);
  copy.text(part);
  copy.integer(number);
  copy.boolean(last);
  copy.beginBytes(data.length);
  yield copy.take();
  yield data;
}
