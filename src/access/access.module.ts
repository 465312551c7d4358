import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditLogModule } from '../audit-log/audit-log.module.js';
import { AccessGuard } from './access.guard.js';
import { AccessPolicy } from './access-policy.js';
import { ProblemFilter } from './problem.filter.js';

@Global()
@Module({
  imports: [AuditLogModule],
  providers: [
    { provide: AccessPolicy, useFactory: () => AccessPolicy.read() },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AccessPolicy],
})
export class AccessModule {}
