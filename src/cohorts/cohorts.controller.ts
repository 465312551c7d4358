import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import type { CohortView } from './cohort-view.js';
import { CohortDecisionDto, RequestCohortDto } from './cohorts.dto.js';
import { CohortsService } from './cohorts.service.js';

@Controller('api')
export class CohortsController {
  constructor(private readonly cohorts: CohortsService) {}

  @Post('projects/:project/cohorts')
  @Requires('cohort.request')
  request(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() asked: RequestCohortDto,
  ): Promise<CohortView> {
    return this.cohorts.request(principal, project, asked);
  }

  @Get('projects/:project/cohorts')
  @Requires('cohort.read')
  list(@Acting() principal: ActingPrincipal, @Param('project') project: string): Promise<CohortView[]> {
    return this.cohorts.list(principal, project);
  }

  @Get('cohorts/:cohort')
  @Requires('cohort.read')
  read(@Acting() principal: ActingPrincipal, @Param('cohort') id: string): Promise<CohortView> {
    return this.cohorts.read(principal, id);
  }

  @Post('cohorts/:cohort/submit')
  @HttpCode(200)
  @Requires('cohort.submit')
  submit(@Acting() principal: ActingPrincipal, @Param('cohort') id: string): Promise<CohortView> {
    return this.cohorts.submit(principal, id);
  }

  @Post('cohorts/:cohort/approvals')
  @Requires('cohort.approve')
  approve(
    @Acting() principal: ActingPrincipal, @Param('cohort') id: string, @Body() decision: CohortDecisionDto,
  ): Promise<CohortView> {
    return this.cohorts.approve(principal, id, decision.reason);
  }

  @Post('cohorts/:cohort/rejections')
  @Requires('cohort.reject')
  reject(
    @Acting() principal: ActingPrincipal, @Param('cohort') id: string, @Body() decision: CohortDecisionDto,
  ): Promise<CohortView> {
    return this.cohorts.reject(principal, id, decision.reason);
  }
}
