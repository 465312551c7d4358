import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { parseLinkageSpec } from '#libs/linkage';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { readConfigFile } from '../platform/settings/config-file.js';
import { ProjectsService } from '../projects/projects.service.js';
import type { RunEstimates, RunRow } from './linkage-run.js';
import { LinkageRunsRepository } from './linkage-runs.repository.js';
import { runView, type LinkageRunView } from './run-view.js';

export const LINKAGE_RUN = 'linkage-run';

/** A finished run, for the cohorts that build on it. */
export interface FinishedRun {
  readonly id: string;
  readonly project: string;
  /** Extract id -> register. */
  readonly registers: ReadonlyMap<string, string>;
  /** The date to which all of its registers were frozen: the earliest of theirs. */
  readonly observedUntil: string;
}

/** Starts, shows and cancels linkage runs. What a run finds is not shown to anybody. */
@Injectable()
export class LinkageRunsService {
  constructor(
    @InjectDataSource('linker') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly runs: LinkageRunsRepository,
    private readonly projects: ProjectsService,
    private readonly auditLog: AuditLog,
  ) {}

  /** @throws Refusal 409 `EXTRACTS_MISSING` that names the registers, or `RUN_ACTIVE`. */
  async start(principal: ActingPrincipal, projectId: string, specName: string): Promise<{ runId: string }> {
    const project = await this.projects.enter(principal, projectId);
    const spec = readConfigFile('linkage', specName, 'LINKAGE_SPEC_UNKNOWN', parseLinkageSpec);
    const runId = await this.database.transaction(async (manager) => {
      const extracts = await this.runs.acceptedExtracts(manager, project.id);
      const missing = project.registers.map(({ registerId }) => registerId)
        .filter((registerId) => !extracts.some((extract) => extract.registerId === registerId));
      if (missing.length > 0) {
        throw new Refusal(409, 'EXTRACTS_MISSING', `no accepted extract of ${missing.join(', ')} yet`);
      }
      const active = (await this.runs.ofProject(manager, project.id))
        .some(({ state }) => state === 'queued' || state === 'running');
      if (active) throw new Refusal(409, 'RUN_ACTIVE', 'a run of this project goes on', 'wait for it or cancel it');
      const id = await this.runs.insert(manager, {
        project: project.id, spec: spec.policy, extracts: extracts.map((extract) => extract.id),
        requestedBy: principal.subject,
      });
      await this.auditLog.append(manager, {
        actor: principal.subject, role: principal.role, action: 'linkage-run.start', object: `linkage-run:${id}`,
        outcome: 'pending', purpose: project.purpose, project: project.id, approvals: [`project:${project.id}`],
        details: { spec: specName, specHash: spec.hash, extracts: extracts.map((extract) => extract.id) },
      });
      return id;
    });
    await this.queue.enqueue(LINKAGE_RUN, runId);
    return { runId };
  }

  async read(principal: ActingPrincipal, id: string): Promise<LinkageRunView> {
    return runView(await this.visible(principal, id));
  }

  /** Newest first. */
  async list(principal: ActingPrincipal, projectId: string): Promise<LinkageRunView[]> {
    const project = await this.projects.read(principal, projectId);
    return (await this.runs.ofProject(this.database.manager, project.id)).map(runView);
  }

  async cancel(principal: ActingPrincipal, id: string): Promise<LinkageRunView> {
    const { project: projectId } = await this.visible(principal, id);
    const project = await this.projects.enter(principal, projectId);
    await this.database.transaction(async (manager) => {
      const run = await this.runs.lock(manager, id);
      if (run?.state !== 'queued' && run?.state !== 'running') {
        throw new Refusal(409, 'RUN_STATE', `the run is ${run?.state}; there is nothing to cancel`);
      }
      await this.runs.end(manager, id, 'cancelled', null);
      await this.auditLog.append(manager, {
        actor: principal.subject, role: principal.role, action: 'linkage-run.cancel', object: `linkage-run:${id}`,
        outcome: 'accepted', purpose: project.purpose, project: project.id,
      });
    });
    return this.read(principal, id);
  }

  /** The newest finished run of a project whose link map is still there, for its cohorts. */
  async newestFinished(project: string): Promise<FinishedRun | undefined> {
    const runs = await this.runs.ofProject(this.database.manager, project);
    const run = runs.find(({ state, linksDestroyedAt }) => state === 'done' && !linksDestroyedAt);
    return run && finishedRun(run);
  }

  /** A run by its id, where it is finished: for a job, which acts for nobody in particular. */
  async finished(id: string): Promise<FinishedRun | undefined> {
    const run = await this.runs.find(this.database.manager, id);
    return run?.state === 'done' && !run.linksDestroyedAt ? finishedRun(run) : undefined;
  }

  /** Estimated quality of the newest finished run, for the register of uses. */
  async quality(project: string): Promise<Pick<RunEstimates, 'precision' | 'recall'> | undefined> {
    const runs = await this.runs.ofProject(this.database.manager, project);
    const estimates = runs.find(({ state }) => state === 'done')?.estimates;
    return estimates ? { precision: estimates.precision, recall: estimates.recall } : undefined;
  }

  private async visible(principal: ActingPrincipal, id: string): Promise<RunRow> {
    const run = isRowId(id) ? await this.runs.find(this.database.manager, id) : undefined;
    if (!run) throw notFound('linkage run');
    await this.projects.read(principal, run.project);
    return run;
  }
}

function finishedRun({ id, project, manifest }: RunRow): FinishedRun {
  const inputs = manifest?.inputs ?? [];
  return {
    id, project, registers: new Map(inputs.map(({ extract, registerId }) => [extract, registerId])),
    observedUntil: inputs.map(({ referenceDate }) => referenceDate).sort()[0],
  };
}

