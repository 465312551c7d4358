import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { Destruction } from './destruction.service.js';
import { RetentionClock } from './retention-clock.js';
import { RetentionController } from './retention.controller.js';
import { RetentionDecisionsRepository } from './retention-decisions.repository.js';
import { RetentionDecisions } from './retention-decisions.service.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [RetentionController],
  providers: [
    RetentionService, RetentionDecisions, RetentionClock, Destruction, RetentionRepository,
    RetentionDecisionsRepository,
  ],
})
export class RetentionModule {}
