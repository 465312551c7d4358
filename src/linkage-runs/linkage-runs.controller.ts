import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { notFound } from '../platform/problem/refusal.js';
import { StartLinkageRunDto } from './linkage-runs.dto.js';
import { LinkageRunsService } from './linkage-runs.service.js';
import type { LinkageRunView } from './run-view.js';

@Controller('api')
export class LinkageRunsController {
  constructor(private readonly runs: LinkageRunsService) {}

  @Post('projects/:project/linkage-runs')
  @HttpCode(202)
  @Requires('linkage-run.start')
  start(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() request: StartLinkageRunDto,
  ): Promise<{ runId: string }> {
    return this.runs.start(principal, project, request.spec ?? 'default');
  }

  @Get('projects/:project/linkage-runs')
  @Requires('linkage-run.read')
  list(@Acting() principal: ActingPrincipal, @Param('project') project: string): Promise<LinkageRunView[]> {
    return this.runs.list(principal, project);
  }

  @Get('linkage-runs/:run')
  @Requires('linkage-run.read')
  read(@Acting() principal: ActingPrincipal, @Param('run') id: string): Promise<LinkageRunView> {
    return this.runs.read(principal, id);
  }

  @Post('linkage-runs/:run/cancel')
  @HttpCode(200)
  @Requires('linkage-run.cancel')
  cancel(@Acting() principal: ActingPrincipal, @Param('run') id: string): Promise<LinkageRunView> {
    return this.runs.cancel(principal, id);
  }

  /** No role may: whoever asks is refused before this is reached, and the log says who asked. */
  @Get('linkage-runs/:run/links')
  @Requires('link-map.read')
  links(): never {
    throw notFound('link map');
  }
}
