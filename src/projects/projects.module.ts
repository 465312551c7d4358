import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProjectsController } from './projects.controller.js';
import {
  ProjectApprovalEntity, ProjectEntity, ProjectMemberEntity, ProjectRegisterEntity,
} from './project.entity.js';
import { ProjectsRepository } from './projects.repository.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [TypeOrmModule.forFeature(
    [ProjectEntity, ProjectRegisterEntity, ProjectApprovalEntity, ProjectMemberEntity], 'governance')],
  controllers: [ProjectsController],
  providers: [ProjectsService, ProjectsRepository],
  exports: [ProjectsService],
})
export class ProjectsModule {}
