import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Cardinality, ExtractManifest, ExtractPartName, SegmentShape } from '#libs/record';
import { copyInto } from '../platform/database/copy-rows.js';
import { Refusal } from '../platform/problem/refusal.js';

export type ExtractState = 'receiving' | 'accepted' | 'refused' | 'superseded' | 'destroyed';

export interface ExtractRow {
  readonly id: string;
  readonly project: string;
  readonly registerId: string;
  readonly cardinality: Cardinality;
  readonly organisation: string;
  readonly manifest: ExtractManifest;
  readonly state: ExtractState;
  readonly wrappedKey: Buffer | null;
  readonly report: object | null;
}

const COLUMNS = `id, project, register_id AS "registerId", cardinality, organisation, manifest, state,
  wrapped_key AS "wrappedKey", report`;

const TARGETS: Readonly<Record<ExtractPartName, string>> = {
  encodings: 'encodings.chunk (extract, chunk_no, rows, data)',
  content: 'content.record (extract, row_no, sex, birth_month, citizenship, country_of_birth)',
  events: 'content.event (extract, row_no, kind, date, country)',
};

const TABLES: Readonly<Record<ExtractPartName, string>> = {
  encodings: 'encodings.chunk', content: 'content.record', events: 'content.event',
};

const PARTS: readonly ExtractPartName[] = ['encodings', 'content', 'events'];
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * All SQL of the extracts. Row-level security shows a transaction one custodian's extracts: call `actFor`
 * first.
 */
@Injectable()
export class ExtractsRepository {
  async actFor(manager: EntityManager, organisation: string): Promise<void> {
    await manager.query("SELECT set_config('vinculum.organisation', $1, true)", [organisation]);
  }

  async insert(
    manager: EntityManager, extract: Omit<ExtractRow, 'state' | 'report'>, submittedBy: string,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO encodings.extract
         (id, project, register_id, cardinality, organisation, manifest, wrapped_key, submitted_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [extract.id, extract.project, extract.registerId, extract.cardinality, extract.organisation,
        JSON.stringify(extract.manifest), extract.wrappedKey, submittedBy]);
  }

  async find(manager: EntityManager, id: string): Promise<ExtractRow | undefined> {
    const rows = await manager.query<ExtractRow[]>(`SELECT ${COLUMNS} FROM encodings.extract WHERE id = $1`, [id]);
    return rows[0];
  }

  /**
   * Locked until the transaction ends, so that one upload of an extract goes on at a time.
   *
   * @throws Refusal 409 `EXTRACT_BUSY`.
   */
  async lock(manager: EntityManager, id: string): Promise<ExtractRow | undefined> {
    try {
      const rows = await manager.query<ExtractRow[]>(
        `SELECT ${COLUMNS} FROM encodings.extract WHERE id = $1 FOR UPDATE NOWAIT`, [id]);
      return rows[0];
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new Refusal(409, 'EXTRACT_BUSY', 'another upload to this extract goes on', 'let it end, then try again');
    }
  }

  /** Rows of each part that has arrived. */
  async parts(manager: EntityManager, id: string): Promise<Partial<Record<ExtractPartName, number>>> {
    const rows = await manager.query<{ part: ExtractPartName; rows: number }[]>(
      'SELECT part, rows FROM encodings.part WHERE extract = $1', [id]);
    return Object.fromEntries(rows.map((row) => [row.part, row.rows]));
  }

  /** Takes the place of an earlier delivery of the same part. */
  async replacePart(
    manager: EntityManager, id: string, part: ExtractPartName, rows: AsyncIterable<Buffer>,
  ): Promise<void> {
    await this.deletePart(manager, id, part);
    await copyInto(manager, TARGETS[part], rows);
  }

  async markReceived(
    manager: EntityManager, id: string, part: ExtractPartName, rows: number,
  ): Promise<void> {
    await manager.query(
      'INSERT INTO encodings.part (extract, part, rows) VALUES ($1, $2, $3)', [id, part, rows]);
  }

  async readChunk(manager: EntityManager, id: string, chunkNo: number): Promise<Buffer | undefined> {
    const rows = await manager.query<{ data: Buffer }[]>(
      'SELECT data FROM encodings.chunk WHERE extract = $1 AND chunk_no = $2', [id, chunkNo]);
    return rows[0]?.data;
  }

  async agreedSegments(
    manager: EntityManager, project: string,
  ): Promise<readonly SegmentShape[] | undefined> {
    const rows = await manager.query<{ segments: SegmentShape[] }[]>(
      'SELECT segments FROM encodings.agreed_segments WHERE project = $1', [project]);
    return rows[0]?.segments;
  }

  /** An accepted extract takes the place of the register's earlier one. */
  async accept(manager: EntityManager, extract: ExtractRow): Promise<void> {
    await manager.query(
      `INSERT INTO encodings.agreed_segments (project, segments) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [extract.project, JSON.stringify(extract.manifest.segments)]);
    await manager.query(
      `UPDATE encodings.extract SET state = 'superseded'
       WHERE project = $1 AND register_id = $2 AND state = 'accepted'`, [extract.project, extract.registerId]);
    await manager.query(
      `UPDATE encodings.extract SET state = 'accepted', decided_at = now() WHERE id = $1`, [extract.id]);
  }

  /** Nothing of a refused extract stays but the fact and the report. */
  async refuse(manager: EntityManager, id: string, report: object): Promise<void> {
    for (const part of PARTS) await this.deletePart(manager, id, part);
    await manager.query(
      `UPDATE encodings.extract SET state = 'refused', wrapped_key = NULL, report = $2, decided_at = now()
       WHERE id = $1`, [id, JSON.stringify(report)]);
  }

  private async deletePart(manager: EntityManager, id: string, part: ExtractPartName): Promise<void> {
    await manager.query(`DELETE FROM ${TABLES[part]} WHERE extract = $1`, [id]);
    await manager.query('DELETE FROM encodings.part WHERE extract = $1 AND part = $2', [id, part]);
  }
}
