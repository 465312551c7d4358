import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { ReleasesModule } from '../releases/releases.module.js';
import { LinkageJob } from './linkage-job.js';
import { LinkageRunsController } from './linkage-runs.controller.js';
import { LinkageRunsRepository } from './linkage-runs.repository.js';
import { LinkageRunsService } from './linkage-runs.service.js';

@Module({
  imports: [ProjectsModule, ReleasesModule],
  controllers: [LinkageRunsController],
  providers: [LinkageRunsService, LinkageJob, LinkageRunsRepository],
  exports: [LinkageRunsService],
})
export class LinkageRunsModule {}
