import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { sumTables, tabulate, type CohortTable } from '#libs/cohort';
import { VinculumError, type JsonValue } from '#libs/record';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { LinkageRunsService } from '../linkage-runs/linkage-runs.service.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { ReleasesService } from '../releases/releases.service.js';
import { CohortRequestsRepository, type CohortRow } from './cohort-requests.repository.js';
import { COHORT } from './cohorts.service.js';
import { OpenedContent } from './opened-content.js';
import { PersonHistoriesRepository } from './person-histories.repository.js';

/** Tabulates approved cohorts. The counts go to the releases in memory and are stored nowhere unprotected. */
@Injectable()
export class CohortJob implements OnApplicationBootstrap {
  constructor(
    @InjectDataSource('cohort') private readonly people: DataSource,
    @InjectDataSource('releases') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly requests: CohortRequestsRepository,
    private readonly content: OpenedContent,
    private readonly histories: PersonHistoriesRepository,
    private readonly projects: ProjectsService,
    private readonly runs: LinkageRunsService,
    private readonly releases: ReleasesService,
    private readonly auditLog: AuditLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.context.consumesJobs) return;
    await this.queue.consume(COHORT, (reference, signal) => this.perform(reference, signal));
    for (const id of await this.requests.waiting(this.database.manager)) await this.queue.enqueue(COHORT, id);
  }

  private async perform(id: string, signal: AbortSignal): Promise<void> {
    const cohort = await this.requests.find(this.database.manager, id);
    if (cohort?.state !== 'approved') return;
    const project = await this.projects.find(cohort.project);
    try {
      const table = await this.compute(cohort, project, signal);
      await this.release(cohort, project, table);
    } catch (error) {
      if (!(error instanceof VinculumError)) throw error;
      await this.refuse(cohort, project, error.code);
    }
  }

  /** Reads people as the role that may, and says in the log that it did. */
  private async compute(cohort: CohortRow, project: Project, signal: AbortSignal): Promise<CohortTable> {
    const run = await this.runs.finished(cohort.run);
    if (!run) throw new VinculumError('NOT_LINKED', 'the linkage run of the cohort is gone; request it again');
    const recordKey = this.releases.recordKeys();
    return this.people.transaction(async (manager) => {
      await this.content.open(manager, run.registers.keys(), signal);
      let table = tabulate(cohort.definition, [], recordKey);
      for await (const histories of this.histories.ofRun(manager, run.id, run.registers)) {
        signal.throwIfAborted();
        table = sumTables([table, tabulate(cohort.definition, histories, recordKey)]);
      }
      await this.append(manager, cohort, project, 'cohort.compute', 'ok', { run: run.id, cells: table.cells.length });
      return table;
    });
  }

  private async release(cohort: CohortRow, project: Project, table: CohortTable): Promise<void> {
    await this.database.transaction(async (manager) => {
      const current = await this.requests.lock(manager, cohort.id);
      if (current?.state !== 'approved') return;
      const { definition } = cohort;
      const released = await this.releases.protect(manager, {
        cohort: cohort.id, project: project.id, policy: project.disclosurePolicy, table,
        title: definition.title, dataflow: definition.name, referenceArea: definition.homeCountry,
        timePeriod: definition.referenceDate ?? String(definition.period?.year),
      });
      await this.requests.setState(manager, cohort.id, 'released');
      await this.append(manager, cohort, project, 'cohort.release', 'ok', { ...released });
    });
  }

  private async refuse(cohort: CohortRow, project: Project, code: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const current = await this.requests.lock(manager, cohort.id);
      if (current?.state !== 'approved') return;
      await this.requests.setState(manager, cohort.id, 'refused', [code]);
      await this.append(manager, cohort, project, 'cohort.release', 'refused', { reason: code });
    });
  }

  private async append(
    manager: EntityManager, cohort: CohortRow, project: Project, action: string, outcome: 'ok' | 'refused',
    details: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: cohort.requester, role: 'statistician', action, object: `cohort:${cohort.id}`, outcome,
      purpose: project.purpose, project: project.id,
      approvals: [`project:${project.id}`, `cohort:${cohort.id}`], details,
    });
  }
}
