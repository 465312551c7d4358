import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { VinculumError } from '#libs/record';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { Destruction } from './destruction.service.js';

export const EXTRACT_RETENTION = 'extract-retention';
const EVERY_MINUTES = 5;

/** Destroys what is due, by itself. */
@Injectable()
export class RetentionClock implements OnApplicationBootstrap {
  private readonly logger = new Logger('Retention');

  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly destruction: Destruction,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.context.consumesJobs) return;
    await this.queue.consume(EXTRACT_RETENTION, (_reference, signal) => this.sweep(signal));
    await this.queue.repeat(EXTRACT_RETENTION, EVERY_MINUTES);
  }

  /** One that cannot be destroyed (its key management service is away) does not keep the others. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const extract of await this.destruction.due()) {
      if (signal?.aborted) return;
      try {
        await this.destruction.destroy(extract);
      } catch (error) {
        if (!(error instanceof VinculumError)) throw error;
        this.logger.error(`extract ${extract.id} is due and was not destroyed: ${error.code}`);
      }
    }
  }
}
