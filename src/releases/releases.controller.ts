import { Controller, Get, Header, Param } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { ReleasesService, type ReleaseView } from './releases.service.js';

@Controller('api/releases/:release')
export class ReleasesController {
  constructor(private readonly releases: ReleasesService) {}

  @Get()
  @Requires('release.read')
  read(@Acting() principal: ActingPrincipal, @Param('release') id: string): Promise<ReleaseView> {
    return this.releases.read(principal, id);
  }

  @Get('table.csv')
  @Header('content-type', 'text/csv; charset=utf-8; header=present')
  @Requires('release.read')
  csv(@Acting() principal: ActingPrincipal, @Param('release') id: string): Promise<string> {
    return this.releases.csv(principal, id);
  }

  @Get('table.sdmx.csv')
  @Header('content-type', 'application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8')
  @Requires('release.read')
  sdmxCsv(@Acting() principal: ActingPrincipal, @Param('release') id: string): Promise<string> {
    return this.releases.sdmxCsv(principal, id);
  }

  /** What was suppressed and perturbed, and by which rule. */
  @Get('decisions')
  @Requires('release.read')
  decisions(@Acting() principal: ActingPrincipal, @Param('release') id: string): Promise<readonly object[]> {
    return this.releases.decisions(principal, id);
  }
}
