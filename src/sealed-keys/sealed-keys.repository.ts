import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface SealedKeyRow {
  readonly id: string;
  /** Of the custodian who sealed it, as its access token named it. */
  readonly organisation: string;
  readonly sealed: Buffer;
  readonly recipients: number;
  readonly at: Date;
}

@Injectable()
export class SealedKeysRepository {
  /** In order of arrival. */
  list(manager: EntityManager, project: string): Promise<SealedKeyRow[]> {
    return manager.query(`
      SELECT id, organisation, sealed, recipients, at FROM governance.sealed_key
      WHERE project = $1 ORDER BY at, id`, [project]);
  }

  /** Held until the transaction ends, so that two cannot both be the last that the limit allows. */
  async lockAndCount(manager: EntityManager, project: string, organisation: string): Promise<number> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`sealed-key:${project}`]);
    const [{ count }] = await manager.query<{ count: number }[]>(`
      SELECT count(*)::int AS count FROM governance.sealed_key
      WHERE project = $1 AND organisation = $2`, [project, organisation]);
    return count;
  }

  async insert(
    manager: EntityManager, project: string, key: Omit<SealedKeyRow, 'id' | 'at'>,
  ): Promise<SealedKeyRow> {
    const [row] = await manager.query<SealedKeyRow[]>(`
      INSERT INTO governance.sealed_key (project, organisation, sealed, recipients) VALUES ($1, $2, $3, $4)
      RETURNING id, organisation, sealed, recipients, at`,
    [project, key.organisation, key.sealed, key.recipients]);
    return row;
  }

  /** Whether there was one of that organisation. */
  async delete(manager: EntityManager, project: string, organisation: string, id: string): Promise<boolean> {
    const [removed] = await manager.query<[unknown[], number]>(`
      DELETE FROM governance.sealed_key WHERE project = $1 AND organisation = $2 AND id = $3 RETURNING id`,
    [project, organisation, id]);
    return removed.length > 0;
  }
}
