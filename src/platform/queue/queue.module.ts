import { Global, Module, type DynamicModule } from '@nestjs/common';
import { JOB_QUEUE, type JobQueue } from './job-queue.js';

/** Gives features the queue under `JOB_QUEUE`. Whoever opened it closes it, before the database goes. */
@Global()
@Module({})
export class QueueModule {
  static forRoot(queue: JobQueue): DynamicModule {
    return {
      module: QueueModule,
      providers: [{ provide: JOB_QUEUE, useValue: queue }],
      exports: [JOB_QUEUE],
    };
  }
}
