import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { ExtractsController } from './extracts.controller.js';
import { ExtractsRepository } from './extracts.repository.js';
import { ExtractsService } from './extracts.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [ExtractsController],
  providers: [ExtractsService, ExtractsRepository],
})
export class ExtractsModule {}
