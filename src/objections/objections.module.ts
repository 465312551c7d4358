import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { ObjectionsController } from './objections.controller.js';
import { ObjectionsRepository } from './objections.repository.js';
import { ObjectionsService } from './objections.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [ObjectionsController],
  providers: [ObjectionsService, ObjectionsRepository],
})
export class ObjectionsModule {}
