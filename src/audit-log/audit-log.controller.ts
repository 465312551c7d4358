import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { AuditExport } from './audit-export.service.js';

@Controller('api/audit-log')
export class AuditLogController {
  constructor(private readonly log: AuditExport) {}

  /** The whole log for `vinculum audit verify`; streamed. */
  @Get('export')
  @Requires('audit-log.read')
  async export(@Acting() principal: ActingPrincipal): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(await this.log.export(principal)), {
      type: 'text/plain; charset=utf-8', disposition: 'attachment; filename="audit-log.vinculum"',
    });
  }

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Requires('audit-log.checkpoint')
  checkpoint(): Promise<string> {
    return this.log.checkpoint();
  }

  @Get('key')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Requires('audit-log.checkpoint')
  key(): string {
    return this.log.verifierKeyLine();
  }
}
