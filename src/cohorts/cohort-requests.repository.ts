import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CohortDefinition } from '#libs/cohort';
import type { BoardSeat } from '../platform/identity/principal.js';

export type CohortState = 'draft' | 'submitted' | 'approved' | 'computed' | 'released' | 'refused';

export interface CohortRow {
  readonly id: string;
  readonly project: string;
  readonly run: string;
  readonly definition: CohortDefinition;
  readonly state: CohortState;
  readonly requester: string;
  readonly reasons: readonly string[];
  readonly createdAt: Date;
}

export interface CohortApprovalRow {
  readonly approver: string;
  readonly organisation: string;
  readonly seat: BoardSeat;
  readonly reason: string;
  readonly at: Date;
}

const COLUMNS = 'id, project, run, definition, state, requester, reasons, created_at AS "createdAt"';

/** SQL of the requests and their approvals, as the role that holds no data of people. */
@Injectable()
export class CohortRequestsRepository {
  async insert(
    manager: EntityManager, cohort: Pick<CohortRow, 'project' | 'run' | 'definition' | 'requester'>,
  ): Promise<string> {
    const [{ id }] = await manager.query<[{ id: string }]>(
      `INSERT INTO releases.cohort_request (project, run, definition, requester) VALUES ($1, $2, $3, $4)
       RETURNING id`,
      [cohort.project, cohort.run, JSON.stringify(cohort.definition), cohort.requester]);
    return id;
  }

  async find(manager: EntityManager, id: string): Promise<CohortRow | undefined> {
    const rows = await manager.query<CohortRow[]>(
      `SELECT ${COLUMNS} FROM releases.cohort_request WHERE id = $1`, [id]);
    return rows[0];
  }

  async lock(manager: EntityManager, id: string): Promise<CohortRow | undefined> {
    const rows = await manager.query<CohortRow[]>(
      `SELECT ${COLUMNS} FROM releases.cohort_request WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0];
  }

  /** In order of creation. */
  async ofProject(manager: EntityManager, project: string): Promise<CohortRow[]> {
    return manager.query<CohortRow[]>(
      `SELECT ${COLUMNS} FROM releases.cohort_request WHERE project = $1 ORDER BY created_at, id`, [project]);
  }

  /** Approved and not computed: their job may have been lost. */
  async waiting(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM releases.cohort_request WHERE state IN ('approved', 'computed') ORDER BY created_at`);
    return rows.map(({ id }) => id);
  }

  async setState(
    manager: EntityManager, id: string, state: CohortState, reasons: readonly string[] = [],
  ): Promise<void> {
    await manager.query(
      'UPDATE releases.cohort_request SET state = $2, reasons = $3 WHERE id = $1', [id, state, JSON.stringify(reasons)]);
  }

  async approvals(manager: EntityManager, id: string): Promise<CohortApprovalRow[]> {
    return manager.query<CohortApprovalRow[]>(
      `SELECT approver, organisation, seat, reason, at FROM releases.approval WHERE cohort_request = $1
       ORDER BY at, approver`, [id]);
  }

  async insertApproval(
    manager: EntityManager, id: string, approval: Omit<CohortApprovalRow, 'at'>,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO releases.approval (cohort_request, approver, organisation, seat, reason)
       VALUES ($1, $2, $3, $4, $5)`,
      [id, approval.approver, approval.organisation, approval.seat, approval.reason]);
  }
}
