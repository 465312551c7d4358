import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { Comparisons } from './comparisons.service.js';
import type { CrossCheckView } from './cross-check-view.js';
import type { ExtractView, OpenedExtractView } from './extract-view.js';
import { ExtractsService } from './extracts.service.js';

@Controller('api')
export class ExtractsController {
  constructor(private readonly extracts: ExtractsService, private readonly comparisons: Comparisons) {}

  /** The body is `manifest.json`. */
  @Post('projects/:project/extracts')
  @ApiBody({ schema: { type: 'object', additionalProperties: true, description: 'manifest.json of an extract' } })
  @Requires('extract.submit')
  open(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() manifest: object,
  ): Promise<OpenedExtractView> {
    return this.extracts.open(principal, project, manifest);
  }

  /** Whether the registers' extracts were encoded with the same key, spec and order of bits. */
  @Get('projects/:project/cross-checks')
  @Requires('cross-check.read')
  crossChecks(@Acting() principal: ActingPrincipal, @Param('project') project: string): Promise<CrossCheckView[]> {
    return this.comparisons.list(principal, project);
  }

  /** How far a delivery is, and what became of it. */
  @Get('extracts/:extract')
  @Requires('extract.read')
  read(@Acting() principal: ActingPrincipal, @Param('extract') id: string): Promise<ExtractView> {
    return this.extracts.read(principal, id);
  }

  /** Says that everything was sent: the extract is checked, and accepted or refused whole. */
  @Post('extracts/:extract/seal')
  @HttpCode(200)
  @Requires('extract.submit')
  seal(@Acting() principal: ActingPrincipal, @Param('extract') id: string): Promise<ExtractView> {
    return this.extracts.seal(principal, id);
  }
}
