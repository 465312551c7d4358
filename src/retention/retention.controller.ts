import { Body, Controller, Get, Header, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { RetentionDecisions } from './retention-decisions.service.js';
import { RetentionDecisionDto } from './retention.dto.js';
import { RetentionService } from './retention.service.js';
import type { RetentionDecisionView, RetentionView } from './retention-view.js';

@Controller('api')
export class RetentionController {
  constructor(private readonly retention: RetentionService, private readonly decisions: RetentionDecisions) {}

  /** What the project keeps, until when, and who decided otherwise. */
  @Get('projects/:project/retention')
  @Requires('retention.read')
  read(@Acting() principal: ActingPrincipal, @Param('project') project: string): Promise<RetentionView> {
    return this.retention.read(principal, project);
  }

  /** Asks for a legal hold, for its end, or for the end of the project; a second person approves. */
  @Post('projects/:project/retention-decisions')
  @Requires('retention.request')
  request(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() asked: RetentionDecisionDto,
  ): Promise<RetentionDecisionView> {
    return this.decisions.request(principal, project, asked.kind, asked.reason);
  }

  /** Approves what another person asked for: it takes effect at once. */
  @Post('retention-decisions/:decision/approvals')
  @Requires('retention.approve')
  approve(@Acting() principal: ActingPrincipal, @Param('decision') id: string): Promise<RetentionDecisionView> {
    return this.decisions.approve(principal, id);
  }

  /** Proves that the extract was destroyed: for `vinculum audit verify --receipt`, which needs no network. */
  @Get('extracts/:extract/receipt')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  @Requires('extract.receipt')
  receipt(@Acting() principal: ActingPrincipal, @Param('extract') id: string): Promise<string> {
    return this.retention.receipt(principal, id);
  }
}
