import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Cardinality, ExtractManifest, SegmentShape } from '#libs/record';
import { WRAPPING_LOCK } from '../platform/keys/storage-keys.js';
import { Refusal } from '../platform/problem/refusal.js';
import type { ReportView } from './report-view.js';

export type ExtractState = 'receiving' | 'accepted' | 'refused' | 'superseded' | 'expired' | 'destroyed';

export interface ExtractRow {
  readonly id: string;
  readonly project: string;
  readonly registerId: string;
  readonly cardinality: Cardinality;
  readonly organisation: string;
  readonly manifest: ExtractManifest;
  readonly state: ExtractState;
  readonly wrappedKey: Buffer | null;
  readonly report: ReportView | null;
  /** Deliveries of the register that were accepted on the project, from 1; null before it is one of them. */
  readonly version: number | null;
  /** When the clock destroys it. */
  readonly destroyAfter: Date | null;
}

const COLUMNS = `id, project, register_id AS "registerId", cardinality, organisation, manifest, state,
  wrapped_key AS "wrappedKey", report, version, destroy_after AS "destroyAfter"`;

const LOCK_NOT_AVAILABLE = '55P03';
/** A piece of another upload is stored within this; a check of the whole extract takes longer. */
const LOCK_TIMEOUT = '3s';

/** How an extract is held: `share` by those who send bytes, beside each other; `update` by who decides. */
export type Hold = 'share' | 'update';

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
    manager: EntityManager, extract: Omit<ExtractRow, 'state' | 'report' | 'version' | 'destroyAfter'>, submittedBy: string,
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
   * Held until the transaction ends.
   *
   * @throws Refusal 409 `EXTRACT_BUSY`.
   */
  async hold(manager: EntityManager, id: string, hold: Hold): Promise<ExtractRow | undefined> {
    try {
      await manager.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      const rows = await manager.query<ExtractRow[]>(
        `SELECT ${COLUMNS} FROM encodings.extract WHERE id = $1 FOR ${hold === 'share' ? 'SHARE' : 'UPDATE'}`, [id]);
      return rows[0];
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new Refusal(409, 'EXTRACT_BUSY', 'the extract is being checked, or bytes of it are arriving',
        'ask for its state, then try again');
    }
  }

  /** One at a time opens an extract of a register: whoever comes second finds what the first has opened. */
  async lockOpening(manager: EntityManager, project: string, registerId: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${project} ${registerId}`]);
  }

  /** No rotation of the storage's keys switches to another one before the transaction ends. */
  async lockWrapping(manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock_shared($1)', [WRAPPING_LOCK]);
  }

  /** The extract of the same manifest that is being received, or is the current one. */
  async findSame(
    manager: EntityManager, project: string, manifest: ExtractManifest,
  ): Promise<ExtractRow | undefined> {
    const rows = await manager.query<ExtractRow[]>(
      `SELECT ${COLUMNS} FROM encodings.extract
       WHERE project = $1 AND register_id = $2 AND manifest = $3 AND state IN ('receiving', 'accepted')
       ORDER BY state DESC, created_at LIMIT 1`, [project, manifest.registerId, JSON.stringify(manifest)]);
    return rows[0];
  }

  async countReceiving(manager: EntityManager, project: string, registerId: string): Promise<number> {
    const [{ count }] = await manager.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM encodings.extract
       WHERE project = $1 AND register_id = $2 AND state = 'receiving'`, [project, registerId]);
    return count;
  }

  /** Receiving, and nothing has come for so long. Of all custodians: the clock acts for none. */
  async abandoned(
    manager: EntityManager, quietHours: number,
  ): Promise<Pick<ExtractRow, 'id' | 'organisation' | 'project'>[]> {
    return manager.query('SELECT id, organisation, project FROM encodings.abandoned_extracts(make_interval(hours => $1))',
      [quietHours]);
  }

  async agreedSegments(
    manager: EntityManager, project: string,
  ): Promise<readonly SegmentShape[] | undefined> {
    const rows = await manager.query<{ segments: SegmentShape[] }[]>(
      'SELECT segments FROM encodings.agreed_segments WHERE project = $1', [project]);
    return rows[0]?.segments;
  }

  /**
   * An accepted extract takes the place of the register's earlier one, which its own clock destroys.
   *
   * @param retentionDays after which the clock destroys this one.
   */
  async accept(
    manager: EntityManager, extract: ExtractRow, report: ReportView, retentionDays: number,
  ): Promise<Pick<ExtractRow, 'version' | 'destroyAfter'>> {
    await manager.query(
      `INSERT INTO encodings.agreed_segments (project, segments) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [extract.project, JSON.stringify(extract.manifest.segments)]);
    await manager.query(
      `UPDATE encodings.extract SET state = 'superseded'
       WHERE project = $1 AND register_id = $2 AND state = 'accepted'`, [extract.project, extract.registerId]);
    const [[accepted]] = await manager.query<[[Pick<ExtractRow, 'version' | 'destroyAfter'>], number]>(
      `UPDATE encodings.extract SET state = 'accepted', report = $5, decided_at = now(),
         destroy_after = now() + make_interval(days => $4),
         version = 1 + (SELECT coalesce(max(version), 0) FROM encodings.extract
                        WHERE project = $2 AND register_id = $3)
       WHERE id = $1 RETURNING version, destroy_after AS "destroyAfter"`,
      [extract.id, extract.project, extract.registerId, retentionDays, JSON.stringify(report)]);
    return accepted;
  }

  /** Without its data key nothing of it can be read; the caller removes the rows. */
  async end(manager: EntityManager, id: string, state: 'refused' | 'expired', report: ReportView | null): Promise<void> {
    await manager.query(
      `UPDATE encodings.extract SET state = $2, wrapped_key = NULL, report = $3, decided_at = now()
       WHERE id = $1`, [id, state, report === null ? null : JSON.stringify(report)]);
  }
}
