import { Module } from '@nestjs/common';
import { LinkageRunsModule } from '../linkage-runs/linkage-runs.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RegisterOfUsesController } from './register-of-uses.controller.js';
import { RegisterOfUsesService } from './register-of-uses.service.js';

@Module({
  imports: [ProjectsModule, LinkageRunsModule],
  controllers: [RegisterOfUsesController],
  providers: [RegisterOfUsesService],
})
export class TransparencyModule {}
