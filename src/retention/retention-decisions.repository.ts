import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LAPSE_DAYS, type RetentionDecisionKind, type RetentionDecisionRow } from './retention-decision.js';

const COLUMNS = `id, project, kind, reason, requester, requester_organisation AS "requesterOrganisation",
  requested_at AS "requestedAt", approver, approved_at AS "approvedAt", ended_at AS "endedAt",
  approved_at IS NULL AND requested_at < now() - make_interval(days => ${LAPSE_DAYS}) AS lapsed`;

/** SQL of the decisions, as the role of projects and approvals. */
@Injectable()
export class RetentionDecisionsRepository {
  /**
   * Held until the transaction ends: nothing of the project is destroyed, and no link map written, while
   * somebody decides.
   */
  async lockExtracts(manager: EntityManager, project: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`extracts of ${project}`]);
  }

  /** In order of request. */
  ofProject(manager: EntityManager, project: string): Promise<RetentionDecisionRow[]> {
    return manager.query(
      `SELECT ${COLUMNS} FROM governance.retention_decision WHERE project = $1 ORDER BY requested_at, id`, [project]);
  }

  async find(manager: EntityManager, id: string): Promise<RetentionDecisionRow | undefined> {
    const rows = await manager.query<RetentionDecisionRow[]>(
      `SELECT ${COLUMNS} FROM governance.retention_decision WHERE id = $1`, [id]);
    return rows[0];
  }

  async insert(
    manager: EntityManager, project: string, kind: RetentionDecisionKind, reason: string,
    requester: { readonly subject: string; readonly organisation: string },
  ): Promise<RetentionDecisionRow> {
    const [row] = await manager.query<RetentionDecisionRow[]>(
      `INSERT INTO governance.retention_decision (project, kind, reason, requester, requester_organisation)
       VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [project, kind, reason, requester.subject, requester.organisation]);
    return row;
  }

  async approve(manager: EntityManager, id: string, approver: string): Promise<void> {
    await manager.query(
      'UPDATE governance.retention_decision SET approver = $2, approved_at = now() WHERE id = $1', [id, approver]);
  }

  /** Ends the hold of a project. */
  async lift(manager: EntityManager, project: string): Promise<void> {
    await manager.query(
      `UPDATE governance.retention_decision SET ended_at = now()
       WHERE project = $1 AND kind = 'hold' AND approved_at IS NOT NULL AND ended_at IS NULL`, [project]);
  }
}
