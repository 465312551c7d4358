import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { ApiDescriptionModule } from './api-description/api-description.module.js';
import { AuditLogModule } from './audit-log/audit-log.module.js';
import { CohortsModule } from './cohorts/cohorts.module.js';
import { ExtractsModule } from './extracts/extracts.module.js';
import { HealthModule } from './health/health.module.js';
import { LinkageRunsModule } from './linkage-runs/linkage-runs.module.js';
import { ObjectionsModule } from './objections/objections.module.js';
import type { DatabaseAccess } from './platform/database/data-sources.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { IdentityModule } from './platform/identity/identity.module.js';
import type { JobQueue } from './platform/queue/job-queue.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { ProjectsModule } from './projects/projects.module.js';
import { ReleasesModule } from './releases/releases.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { SealedKeysModule } from './sealed-keys/sealed-keys.module.js';
import { SubmissionPageModule } from './submission-page/submission-page.module.js';
import { TransparencyModule } from './transparency/transparency.module.js';
import { ServiceContextModule, type ServiceContext } from './platform/settings/service-context.module.js';

/** What a process has opened before the module graph is built; it closes it afterwards. */
export interface ServiceResources {
  readonly context: ServiceContext;
  readonly database: DatabaseAccess;
  readonly queue: JobQueue;
}

/** The features: add a module here. */
const FEATURES = [
  HealthModule, ProjectsModule, ExtractsModule, LinkageRunsModule, CohortsModule, ReleasesModule,
  ObjectionsModule, RetentionModule, SealedKeysModule, TransparencyModule, ApiDescriptionModule,
  SubmissionPageModule,
];

/** One module graph for the API and the worker. */
@Module({})
export class AppModule {
  static forRoot({ context, database, queue }: ServiceResources): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ServiceContextModule.forRoot(context),
        DatabaseModule.forRoot(database),
        QueueModule.forRoot(queue),
        IdentityModule.forRoot(context.issuer, context.settings.oidcAudience),
        AuditLogModule,
        AccessModule,
        ...FEATURES,
      ],
    };
  }
}
