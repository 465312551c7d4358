import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExtractManifest } from '#libs/record';

/** An extract, as far as its destruction goes. */
export interface StoredExtract {
  readonly id: string;
  readonly project: string;
  readonly organisation: string;
  readonly registerId: string;
  readonly version: number | null;
  readonly state: string;
  readonly manifest: ExtractManifest;
  readonly destroyAfter: Date | null;
  readonly destroyedAt: Date | null;
  readonly destructionLeaf: number | null;
}

/** An extract that is to be destroyed now. */
export interface DueExtract extends StoredExtract {
  readonly purpose: string;
  /** The decision that closed its project, where that is why. */
  readonly closing: string | null;
}

/** Tables with what came of an extract, in the order in which they are emptied. */
const TABLES = ['content.sealed_rows', 'content.key', 'content.chunk', 'encodings.chunk', 'encodings.upload'] as const;

const COLUMNS = `e.id, e.project, e.organisation, e.register_id AS "registerId", e.version, e.state, e.manifest,
  e.destroy_after AS "destroyAfter", e.destroyed_at AS "destroyedAt", e.destruction_leaf::float8 AS "destructionLeaf"`;

/** Its time has come, or its project was closed; and no legal hold stops the clock. */
const DUE = `(e.state IN ('accepted', 'superseded') AND e.destroy_after <= now()
    OR e.state IN ('accepted', 'superseded', 'receiving') AND p.state = 'closed')
  AND NOT EXISTS (SELECT FROM governance.retention_decision h WHERE h.project = e.project
    AND h.kind = 'hold' AND h.approved_at IS NOT NULL AND h.ended_at IS NULL)`;

/** SQL of the destruction, as the role that removes and cannot read. */
@Injectable()
export class RetentionRepository {
  /** Oldest first. */
  due(manager: EntityManager): Promise<Pick<StoredExtract, 'id' | 'project'>[]> {
    return manager.query(
      `SELECT e.id, e.project FROM encodings.extract e JOIN governance.project p ON p.id = e.project
       WHERE ${DUE} ORDER BY e.destroy_after, e.id`);
  }

  /** One at a time, and beside nobody who decides about the project or writes a link map of it. */
  async lockExtracts(manager: EntityManager, project: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`extracts of ${project}`]);
  }

  /** Held until the transaction ends; undefined where it is not due any more: somebody was faster. */
  async holdDue(manager: EntityManager, id: string): Promise<DueExtract | undefined> {
    const rows = await manager.query<DueExtract[]>(
      `SELECT ${COLUMNS}, p.purpose, (SELECT c.id FROM governance.retention_decision c
         WHERE c.project = e.project AND c.kind = 'close' AND c.approved_at IS NOT NULL) AS closing
       FROM encodings.extract e JOIN governance.project p ON p.id = e.project
       WHERE e.id = $1 AND ${DUE} FOR UPDATE OF e`, [id]);
    return rows[0];
  }

  async find(manager: EntityManager, id: string): Promise<StoredExtract | undefined> {
    const rows = await manager.query<StoredExtract[]>(
      `SELECT ${COLUMNS} FROM encodings.extract e WHERE e.id = $1`, [id]);
    return rows[0];
  }

  /** Those of which something is or was stored, by register and version. */
  ofProject(manager: EntityManager, project: string): Promise<StoredExtract[]> {
    return manager.query(
      `SELECT ${COLUMNS} FROM encodings.extract e
       WHERE e.project = $1 AND e.state IN ('receiving', 'accepted', 'superseded', 'destroyed')
       ORDER BY e.register_id, e.version NULLS LAST, e.created_at`, [project]);
  }

  /** @returns number of rows that were removed. */
  async removeRows(manager: EntityManager, id: string): Promise<number> {
    let removed = 0;
    for (const table of TABLES) {
      const [, rows] = await manager.query<[unknown, number]>(`DELETE FROM ${table} WHERE extract = $1`, [id]);
      removed += rows;
    }
    return removed;
  }

  /**
   * Links rest on all extracts of their run: the whole link map goes. Runs that are under way fail.
   *
   * @returns number of link maps that were removed.
   */
  async removeLinkMaps(manager: EntityManager, id: string): Promise<number> {
    await manager.query(
      `UPDATE links.run SET state = 'failed', failure = 'EXTRACT_DESTROYED', ended_at = now()
       WHERE $1 = ANY (extracts) AND state IN ('queued', 'running')`, [id]);
    await manager.query(
      `DELETE FROM links.entity_record WHERE run IN (SELECT r.id FROM links.run r WHERE $1 = ANY (r.extracts))`, [id]);
    const [, maps] = await manager.query<[unknown, number]>(
      `UPDATE links.run SET links_destroyed_at = now()
       WHERE $1 = ANY (extracts) AND state = 'done' AND links_destroyed_at IS NULL`, [id]);
    return maps;
  }

  /** @param leaf number of the event that says so. */
  async markDestroyed(manager: EntityManager, id: string, leaf: number): Promise<void> {
    await manager.query(
      `UPDATE encodings.extract SET state = 'destroyed', wrapped_key = NULL, destroyed_at = now(), destruction_leaf = $2
       WHERE id = $1`, [id, leaf]);
  }
}
