import { Global, Module } from '@nestjs/common';
import { AuditExport } from './audit-export.service.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLog } from './audit-log.service.js';

@Global()
@Module({
  controllers: [AuditLogController],
  providers: [AuditLog, AuditExport, AuditLogRepository],
  exports: [AuditLog, AuditExport],
})
export class AuditLogModule {}
