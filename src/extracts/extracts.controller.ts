import type { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { ExtractsService, type ExtractView } from './extracts.service.js';
import { PartNamePipe, type PartName } from './part-name.pipe.js';

@Controller('api')
export class ExtractsController {
  constructor(private readonly extracts: ExtractsService) {}

  /** The body is `manifest.json`. */
  @Post('projects/:project/extracts')
  @Requires('extract.submit')
  open(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() manifest: object,
  ): Promise<{ extractId: string }> {
    return this.extracts.open(principal, project, manifest);
  }

  @Get('extracts/:extract')
  @Requires('extract.read')
  read(@Acting() principal: ActingPrincipal, @Param('extract') id: string): Promise<ExtractView> {
    return this.extracts.read(principal, id);
  }

  /** The body is the file, as `application/octet-stream`. */
  @Put('extracts/:extract/parts/:part')
  @Requires('extract.submit')
  receive(
    @Acting() principal: ActingPrincipal, @Param('extract') id: string,
    @Param('part', PartNamePipe) part: PartName, @Req() body: Readable,
  ): Promise<object> {
    return this.extracts.receive(principal, id, part, body);
  }

  @Post('extracts/:extract/seal')
  @HttpCode(200)
  @Requires('extract.submit')
  seal(@Acting() principal: ActingPrincipal, @Param('extract') id: string): Promise<ExtractView> {
    return this.extracts.seal(principal, id);
  }
}
