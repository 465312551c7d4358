import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { ProjectsService } from '../projects/projects.service.js';
import { CustodianExtracts } from './custodian-extracts.js';
import { ExtractsRepository, type ExtractRow } from './extracts.repository.js';

const EXTRACT_EXPIRY = 'extract-expiry';
const EVERY_MINUTES = 10;

type Abandoned = Pick<ExtractRow, 'id' | 'organisation' | 'project'>;

/** Removes what a custodian began to send and left. Several instances may do it at once. */
@Injectable()
export class ExpiryJob implements OnApplicationBootstrap {
  constructor(
    @InjectDataSource('extracts') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly custodian: CustodianExtracts,
    private readonly extracts: ExtractsRepository,
    private readonly projects: ProjectsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.context.consumesJobs) return;
    await this.queue.consume(EXTRACT_EXPIRY, (_reference, signal) => this.sweep(signal));
    await this.queue.repeat(EXTRACT_EXPIRY, EVERY_MINUTES);
  }

  /** Expires each extract to which nothing has come for `uploadExpiryHours`. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const abandoned of await this.abandoned()) {
      if (signal?.aborted) return;
      await this.expire(abandoned);
    }
  }

  private abandoned(): Promise<Abandoned[]> {
    return this.extracts.abandoned(this.database.manager, this.context.settings.uploadExpiryHours);
  }

  private async expire({ id, organisation, project: projectId }: Abandoned): Promise<void> {
    const project = await this.projects.find(projectId);
    await this.custodian.transaction(organisation, async (manager) => {
      const extract = await this.extracts.hold(manager, id, 'update');
      // While we waited for it, somebody has gone on, or another instance was faster.
      const stillAbandoned = await this.extracts.abandoned(manager, this.context.settings.uploadExpiryHours);
      if (extract?.state !== 'receiving' || !stillAbandoned.some((one) => one.id === id)) return;
      await this.custodian.removeStored(manager, id);
      await this.extracts.end(manager, id, 'expired', null);
      await this.custodian.log(manager, { subject: 'service', role: 'none' }, project, 'extract.expire', id, 'ok',
        { register: extract.registerId, hours: this.context.settings.uploadExpiryHours });
    });
  }
}
