import { Module } from '@nestjs/common';
import { LinkageRunsModule } from '../linkage-runs/linkage-runs.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { ReleasesModule } from '../releases/releases.module.js';
import { CohortJob } from './cohort-job.js';
import { CohortRequestsRepository } from './cohort-requests.repository.js';
import { CohortsController } from './cohorts.controller.js';
import { CohortsService } from './cohorts.service.js';
import { ContentTablesRepository } from './content-tables.repository.js';
import { OpenedContent } from './opened-content.js';
import { PersonHistoriesRepository } from './person-histories.repository.js';

@Module({
  imports: [ProjectsModule, LinkageRunsModule, ReleasesModule],
  controllers: [CohortsController],
  providers: [CohortsService, CohortJob, CohortRequestsRepository, ContentTablesRepository,
    OpenedContent, PersonHistoriesRepository],
})
export class CohortsModule {}
