import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditLogModule } from '../audit-log/audit-log.module.js';
import { AccessGuard } from './access.guard.js';
import { AccessPolicy } from './access-policy.js';
import { ApprovalRules } from './approval-rules.js';
import { ProblemFilter } from './problem.filter.js';

@Global()
@Module({
  imports: [AuditLogModule],
  providers: [
    { provide: AccessPolicy, useFactory: () => AccessPolicy.read() },
    { provide: ApprovalRules, useFactory: () => ApprovalRules.read() },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AccessPolicy, ApprovalRules],
})
export class AccessModule {}
