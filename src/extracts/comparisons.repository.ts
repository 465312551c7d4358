import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CanaryHash } from '#libs/record';
import type { SegmentCheckView } from './cross-check-view.js';

/** Column shares of an extract, segment by segment, end to end. */
export interface StoredShares {
  readonly extract: string;
  readonly registerId: string;
  readonly rows: number;
  readonly shares: Float32Array;
}

export interface CrossCheckRow {
  readonly extract: string;
  readonly otherExtract: string;
  readonly project: string;
  readonly registerId: string;
  readonly otherRegister: string;
  readonly verdict: string;
  readonly segments: readonly SegmentCheckView[];
}

/** All SQL of what extracts are compared by. Of all custodians: nothing of it goes into an answer. */
@Injectable()
export class ComparisonsRepository {
  /** Until the transaction ends: of two extracts of a project, the second to be compared sees the first. */
  async lock(manager: EntityManager, project: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [project]);
  }

  async agreedCanaries(
    manager: EntityManager, project: string,
  ): Promise<readonly CanaryHash[] | undefined> {
    const rows = await manager.query<{ canaries: CanaryHash[] }[]>(
      'SELECT canaries FROM encodings.agreed_canaries WHERE project = $1', [project]);
    return rows[0]?.canaries;
  }

  async agreeOnCanaries(
    manager: EntityManager, project: string, canaries: readonly CanaryHash[],
  ): Promise<void> {
    await manager.query(
      'INSERT INTO encodings.agreed_canaries (project, canaries) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [project, JSON.stringify(canaries)]);
  }

  async addShares(manager: EntityManager, project: string, own: StoredShares): Promise<void> {
    const { buffer, byteOffset, byteLength } = own.shares;
    await manager.query(
      'INSERT INTO encodings.column_share (extract, project, register_id, rows, shares) VALUES ($1, $2, $3, $4, $5)',
      [own.extract, project, own.registerId, own.rows, Buffer.from(buffer, byteOffset, byteLength)]);
  }

  /** Of the project's other registers. */
  async otherShares(manager: EntityManager, project: string, registerId: string): Promise<StoredShares[]> {
    const rows = await manager.query<(Omit<StoredShares, 'shares'> & { shares: Buffer })[]>(
      `SELECT extract, register_id AS "registerId", rows, shares FROM encodings.column_share
       WHERE project = $1 AND register_id <> $2 ORDER BY register_id`, [project, registerId]);
    return rows.map((row) => ({ ...row, shares: new Float32Array(Uint8Array.from(row.shares).buffer) }));
  }

  async addCrossCheck(manager: EntityManager, check: CrossCheckRow): Promise<void> {
    await manager.query(
      `INSERT INTO encodings.cross_check
         (extract, other_extract, project, register_id, other_register, verdict, segments)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [check.extract, check.otherExtract, check.project, check.registerId, check.otherRegister, check.verdict,
        JSON.stringify(check.segments)]);
  }

  async crossChecks(
    manager: EntityManager, project: string,
  ): Promise<(CrossCheckRow & { checkedAt: Date })[]> {
    return manager.query(
      `SELECT extract, other_extract AS "otherExtract", project, register_id AS "registerId",
         other_register AS "otherRegister", verdict, segments, checked_at AS "checkedAt"
       FROM encodings.cross_check WHERE project = $1 ORDER BY checked_at, register_id, other_register`, [project]);
  }
}
