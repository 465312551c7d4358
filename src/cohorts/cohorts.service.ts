import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { parseCohortDefinition, type CohortRequest } from '#libs/cohort';
import type { JsonValue } from '#libs/record';
import { ApprovalRules } from '../access/approval-rules.js';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { LinkageRunsService } from '../linkage-runs/linkage-runs.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { readConfigFile } from '../platform/settings/config-file.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { ReleasesService } from '../releases/releases.service.js';
import { CohortRequestsRepository, type CohortRow } from './cohort-requests.repository.js';
import { cohortView, type CohortView } from './cohort-view.js';
import type { RequestCohortDto } from './cohorts.dto.js';

export const COHORT = 'cohort';

type Work = (manager: EntityManager, cohort: CohortRow, project: Project) => Promise<void>;

/**
 * Requests for cohorts, from draft to approval. The approval that completes the rules starts the
 * computation.
 */
@Injectable()
export class CohortsService {
  constructor(
    @InjectDataSource('releases') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly requests: CohortRequestsRepository,
    private readonly projects: ProjectsService,
    private readonly runs: LinkageRunsService,
    private readonly releases: ReleasesService,
    private readonly rules: ApprovalRules,
    private readonly auditLog: AuditLog,
  ) {}

  /** @throws Refusal 409 `NOT_LINKED`; VinculumError for a definition that is unknown or left open. */
  async request(
    principal: ActingPrincipal, projectId: string, asked: RequestCohortDto,
  ): Promise<CohortView> {
    const project = await this.projects.enter(principal, projectId);
    const run = await this.runs.newestFinished(project.id);
    if (!run) throw new Refusal(409, 'NOT_LINKED', 'the project has no finished linkage run yet');
    const given = openMembers(asked, run.observedUntil);
    const document = readConfigFile('cohorts', asked.definition, 'COHORT_DEFINITION_UNKNOWN',
      (json) => parseCohortDefinition(json, given));
    const definition = document.policy;
    if (definition.observedUntil > run.observedUntil) {
      throw new Refusal(422, 'OBSERVED_TOO_FAR',
        `the registers are frozen at ${run.observedUntil}; nothing after that can be observed`);
    }
    const id = await this.database.transaction(async (manager) => {
      const created = await this.requests.insert(
        manager, { project: project.id, run: run.id, definition, requester: principal.subject });
      await this.log(manager, principal, project, 'cohort.request', created, {
        definition: definition.name, definitionHash: document.hash, run: run.id,
      });
      return created;
    });
    return this.read(principal, id);
  }

  async read(principal: ActingPrincipal, id: string): Promise<CohortView> {
    const cohort = isRowId(id) ? await this.requests.find(this.database.manager, id) : undefined;
    if (!cohort) throw notFound('cohort');
    await this.projects.read(principal, cohort.project);
    return this.viewOf(cohort);
  }

  /** In order of request. */
  async list(principal: ActingPrincipal, projectId: string): Promise<CohortView[]> {
    const project = await this.projects.read(principal, projectId);
    const cohorts = await this.requests.ofProject(this.database.manager, project.id);
    return Promise.all(cohorts.map((cohort) => this.viewOf(cohort)));
  }

  async submit(principal: ActingPrincipal, id: string): Promise<CohortView> {
    return this.decide(principal, id, 'draft', async (manager, cohort, project) => {
      if (cohort.requester !== principal.subject) {
        throw new Refusal(403, 'NOT_REQUESTER', 'the person who drafted it submits it');
      }
      await this.requests.setState(manager, id, 'submitted');
      await this.log(manager, principal, project, 'cohort.submit', id);
    });
  }

  /** @throws Refusal 403 `SELF_APPROVAL`, `SEAT_MISSING`; 409 `ALREADY_APPROVED`. */
  async approve(principal: ActingPrincipal, id: string, reason: string): Promise<CohortView> {
    let granted = false;
    await this.decide(principal, id, 'submitted', async (manager, cohort, project) => {
      const given = await this.requests.approvals(manager, id);
      const what = { requester: cohort.requester, vulnerableGroups: project.vulnerableGroups };
      const seat = this.rules.assertMayApprove(principal, what, given);
      const approval = { approver: principal.subject, organisation: principal.organisation, seat };
      await this.requests.insertApproval(manager, id, { ...approval, reason });
      const missing = this.rules.missing(what, [...given, approval]);
      granted = missing.length === 0;
      if (granted) await this.requests.setState(manager, id, 'approved');
      await this.log(manager, principal, project, 'cohort.approve', id,
        { seat, granted, missing, rules: this.rules.hash });
    });
    if (granted) await this.queue.enqueue(COHORT, id);
    return this.read(principal, id);
  }

  async reject(principal: ActingPrincipal, id: string, reason: string): Promise<CohortView> {
    return this.decide(principal, id, 'submitted', async (manager, _, project) => {
      await this.requests.setState(manager, id, 'refused', [reason]);
      await this.log(manager, principal, project, 'cohort.reject', id);
    });
  }

  /** One transaction: visible, entered, locked, in the right state, decided, logged. */
  private async decide(
    principal: ActingPrincipal, id: string, state: 'draft' | 'submitted', work: Work,
  ): Promise<CohortView> {
    const { project: projectId } = await this.read(principal, id);
    const project = await this.projects.enter(principal, projectId);
    await this.database.transaction(async (manager) => {
      const cohort = await this.requests.lock(manager, id);
      if (!cohort) throw notFound('cohort');
      if (cohort.state !== state) {
        throw new Refusal(409, 'COHORT_STATE', `the cohort is ${cohort.state}; this needs ${state}`);
      }
      await work(manager, cohort, project);
    });
    return this.read(principal, id);
  }

  private async viewOf(cohort: CohortRow): Promise<CohortView> {
    const { manager } = this.database;
    const approvals = await this.requests.approvals(manager, cohort.id);
    return cohortView(cohort, approvals, await this.releases.idOf(cohort.id));
  }

  private async log(
    manager: EntityManager, principal: ActingPrincipal, project: Project, action: string, id: string,
    details?: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: principal.subject, role: principal.role, action, object: `cohort:${id}`, outcome: 'accepted',
      purpose: project.purpose, project: project.id, approvals: [`project:${project.id}`],
      ...(details === undefined ? {} : { details }),
    });
  }
}

/** What the request fills in; where it says nothing about the end of observation, the registers do. */
function openMembers(asked: RequestCohortDto, frozen: string): CohortRequest {
  const { referenceDate, year, homeCountry, observedUntil = frozen } = asked;
  return {
    observedUntil, ...(referenceDate ? { referenceDate } : {}), ...(year ? { year } : {}),
    ...(homeCountry ? { homeCountry } : {}),
  };
}
