import { Global, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuditLogModule } from '../audit-log/audit-log.module.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { AccessGuard } from './access.guard.js';
import { AccessPolicy } from './access-policy.js';
import { ApprovalRules } from './approval-rules.js';
import { ProblemFilter } from './problem.filter.js';
import { UnsignedRefusals } from './unsigned-refusals.js';

@Global()
@Module({
  imports: [AuditLogModule],
  providers: [
    { provide: AccessPolicy, useFactory: () => AccessPolicy.read() },
    { provide: ApprovalRules, useFactory: () => ApprovalRules.read() },
    UnsignedRefusals,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AccessPolicy, ApprovalRules],
})
export class AccessModule implements OnApplicationBootstrap {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly policy: AccessPolicy,
    private readonly rules: ApprovalRules,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @InjectDataSource('governance') private readonly database: DataSource,
  ) {}

  /** From which moment on which rules were in force; a service that cannot log this does not start. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction((manager) => this.auditLog.append(manager, {
      actor: 'service', role: 'none', action: 'service.start',
      object: `service:${this.context.settings.profile}`, outcome: 'ok',
      details: { ...this.policy.hashes, approvals: this.rules.hash },
    }));
  }
}
