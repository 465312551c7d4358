import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { AssessmentDto, CreateProjectDto, MemberDto } from './projects.dto.js';
import type { Project } from './project-view.js';
import { ProjectsService } from './projects.service.js';

@Controller('api/projects')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  @Requires('project.read')
  list(@Acting() principal: ActingPrincipal): Promise<Project[]> {
    return this.projects.list(principal);
  }

  @Post()
  @Requires('project.create')
  create(@Acting() principal: ActingPrincipal, @Body() request: CreateProjectDto): Promise<Project> {
    return this.projects.create(principal, request);
  }

  @Get(':project')
  @Requires('project.read')
  read(@Acting() principal: ActingPrincipal, @Param('project') id: string): Promise<Project> {
    return this.projects.read(principal, id);
  }

  @Put(':project/assessment')
  @Requires('project.submit')
  assess(
    @Acting() principal: ActingPrincipal, @Param('project') id: string, @Body() request: AssessmentDto,
  ): Promise<Project> {
    return this.projects.assess(principal, id, request);
  }

  @Post(':project/submit')
  @HttpCode(200)
  @Requires('project.submit')
  submit(@Acting() principal: ActingPrincipal, @Param('project') id: string): Promise<Project> {
    return this.projects.submit(principal, id);
  }

  @Post(':project/approvals')
  @Requires('project.approve')
  approve(@Acting() principal: ActingPrincipal, @Param('project') id: string): Promise<Project> {
    return this.projects.approve(principal, id);
  }

  @Put(':project/members/:subject')
  @HttpCode(204)
  @Requires('member.assign')
  assignMember(
    @Acting() principal: ActingPrincipal, @Param('project') id: string, @Param('subject') subject: string,
    @Body() member: MemberDto,
  ): Promise<void> {
    return this.projects.assignMember(principal, id, subject, member);
  }
}
