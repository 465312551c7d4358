import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalRules } from '../access/approval-rules.js';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { EXTRACT_RETENTION } from './retention-clock.js';
import { isHolding, isOpen, type RetentionDecisionKind, type RetentionDecisionRow } from './retention-decision.js';
import { RetentionDecisionsRepository } from './retention-decisions.repository.js';
import { decisionView, type RetentionDecisionView } from './retention-view.js';

/** Noun of the audit log's action. */
const NOUNS: Readonly<Record<RetentionDecisionKind, string>> = {
  hold: 'legal-hold', 'lift-hold': 'legal-hold-lifting', close: 'project-closing',
};

/** Legal holds, their lifting, and the closing of projects: one person asks, another approves. */
@Injectable()
export class RetentionDecisions {
  constructor(
    @InjectDataSource('governance') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly decisions: RetentionDecisionsRepository,
    private readonly projects: ProjectsService,
    private readonly rules: ApprovalRules,
    private readonly auditLog: AuditLog,
  ) {}

  /** @throws Refusal 409 `PROJECT_STATE`, `LEGAL_HOLD`, `NO_LEGAL_HOLD`, `DECISION_WAITS`. */
  async request(
    principal: ActingPrincipal, projectId: string, kind: RetentionDecisionKind, reason: string,
  ): Promise<RetentionDecisionView> {
    const project = await this.projects.enter(principal, projectId);
    return this.database.transaction(async (manager) => {
      await this.decisions.lockExtracts(manager, project.id);
      const known = await this.decisions.ofProject(manager, project.id);
      assertPossible(kind, project, known);
      if (known.some((decision) => decision.kind === kind && isOpen(decision))) {
        throw new Refusal(409, 'DECISION_WAITS',
          'somebody has asked for this already; a second person approves it');
      }
      const decision = await this.decisions.insert(manager, project.id, kind, reason, principal);
      await this.log(manager, principal, project, `${NOUNS[kind]}.request`, decision.id, 'pending');
      return decisionView(decision);
    });
  }

  /**
   * @throws Refusal 403 `SELF_APPROVAL`, `SEAT_MISSING`, `SECOND_ORGANISATION_NEEDED`; 409 `DECISION_STATE`,
   *   or what `request` throws where things have changed since.
   */
  async approve(principal: ActingPrincipal, id: string): Promise<RetentionDecisionView> {
    const found = isRowId(id) ? await this.decisions.find(this.database.manager, id) : undefined;
    if (!found) throw notFound('retention decision');
    await this.projects.enter(principal, found.project);
    const approved = await this.database.transaction(async (manager) => {
      await this.decisions.lockExtracts(manager, found.project);
      const project = await this.projects.find(found.project);
      const known = await this.decisions.ofProject(manager, project.id);
      const decision = known.find((candidate) => candidate.id === id);
      this.assertMayApprove(principal, project, decision);
      assertPossible(decision.kind, project, known);
      await this.decisions.approve(manager, id, principal.subject);
      await this.carryOut(manager, principal, decision);
      await this.log(manager, principal, project, `${NOUNS[decision.kind]}.approve`, id, 'accepted');
      return this.decisions.find(manager, id);
    });
    // Should the queue be away: the clock comes by itself.
    if (found.kind === 'close') {
      await this.queue.enqueue(EXTRACT_RETENTION, found.project).catch(() => undefined);
    }
    return decisionView(approved!);
  }

  /** In order of request. */
  async ofProject(project: string): Promise<RetentionDecisionRow[]> {
    return this.decisions.ofProject(this.database.manager, project);
  }

  private assertMayApprove(
    principal: ActingPrincipal, project: Project, decision: RetentionDecisionRow | undefined,
  ): asserts decision is RetentionDecisionRow {
    if (!decision || !isOpen(decision)) {
      throw new Refusal(409, 'DECISION_STATE', 'this was decided already, or lapsed', 'ask for it again');
    }
    const { requester, requesterOrganisation } = decision;
    this.rules.assertMayApprove(principal, { requester, vulnerableGroups: project.vulnerableGroups }, []);
    if (project.vulnerableGroups && principal.organisation === requesterOrganisation) {
      throw new Refusal(403, 'SECOND_ORGANISATION_NEEDED',
        'vulnerable groups are in scope: a person of another organisation approves');
    }
  }

  private async carryOut(
    manager: EntityManager, principal: ActingPrincipal, { kind, project }: RetentionDecisionRow,
  ): Promise<void> {
    if (kind === 'lift-hold') await this.decisions.lift(manager, project);
    if (kind === 'close') await this.projects.close(manager, principal, project);
  }

  private async log(
    manager: EntityManager, principal: ActingPrincipal, project: Project, action: string, id: string,
    outcome: 'pending' | 'accepted',
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: principal.subject, role: principal.role, action, object: `retention-decision:${id}`, outcome,
      purpose: project.purpose, project: project.id,
    });
  }
}

function assertPossible(
  kind: RetentionDecisionKind, project: Project, known: readonly RetentionDecisionRow[],
): void {
  if (project.approvedAt === null || project.state === 'closed') {
    throw new Refusal(409, 'PROJECT_STATE', `the project is ${project.state}; there are no extracts of it to keep`);
  }
  const held = known.some(isHolding);
  if (kind === 'lift-hold' && !held) throw new Refusal(409, 'NO_LEGAL_HOLD', 'no legal hold stops the clocks');
  if (kind === 'hold' && held) throw new Refusal(409, 'LEGAL_HOLD', 'a legal hold stops the clocks already');
  if (kind === 'close' && held) {
    throw new Refusal(409, 'LEGAL_HOLD', 'a legal hold stops the clocks: nothing is destroyed', 'have it lifted first');
  }
}
