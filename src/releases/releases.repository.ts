import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Release } from '#libs/disclose';
import type { TableMetadata } from '#libs/disseminate';

/** What is stored of a release: the protected table, and what its files say about it. */
export interface StoredRelease {
  readonly release: Release;
  readonly metadata: TableMetadata;
}

export interface ReleaseRow {
  readonly id: string;
  readonly cohort: string;
  readonly project: string;
  readonly policyHash: string;
  readonly stored: StoredRelease;
  readonly createdAt: Date;
}

const COLUMNS = `id, cohort_request AS cohort, project, policy_hash AS "policyHash", release AS stored,
  created_at AS "createdAt"`;

/** All SQL of the releases. */
@Injectable()
export class ReleasesRepository {
  async insert(
    manager: EntityManager, release: Pick<ReleaseRow, 'cohort' | 'project' | 'policyHash' | 'stored'>,
  ): Promise<string> {
    const [{ id }] = await manager.query<[{ id: string }]>(
      `INSERT INTO releases.release (cohort_request, project, policy_hash, release) VALUES ($1, $2, $3, $4)
       RETURNING id`,
      [release.cohort, release.project, release.policyHash, JSON.stringify(release.stored)]);
    return id;
  }

  async find(manager: EntityManager, id: string): Promise<ReleaseRow | undefined> {
    const rows = await manager.query<ReleaseRow[]>(`SELECT ${COLUMNS} FROM releases.release WHERE id = $1`, [id]);
    return rows[0];
  }

  async idOf(manager: EntityManager, cohort: string): Promise<string | undefined> {
    const rows = await manager.query<{ id: string }[]>(
      'SELECT id FROM releases.release WHERE cohort_request = $1', [cohort]);
    return rows[0]?.id;
  }
}
