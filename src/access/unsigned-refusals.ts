import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { AccessPolicy } from './access-policy.js';
import { RepeatedRefusals, type Repeated } from './repeated-refusals.js';

const LOOK_EVERY_MS = 60_000;

/** Logs together what those who are not signed in are refused again and again; at the end, what is left. */
@Injectable()
export class UnsignedRefusals implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('UnsignedRefusals');
  private readonly repeated = new RepeatedRefusals();
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly auditLog: AuditLog,
    private readonly policy: AccessPolicy,
    @InjectDataSource('governance') private readonly database: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.log(this.repeated.takeEnded(performance.now())), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** Requests may still come: each is logged by itself from here on. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.closing = true;
    await this.log(this.repeated.takeAll());
  }

  /** Whether it is counted, and will be logged with others; otherwise the caller logs it. */
  counts(action: string, reason: string): boolean {
    return !this.closing && this.repeated.counts(performance.now(), action, reason);
  }

  forget(action: string, reason: string): void {
    this.repeated.forget(action, reason);
  }

  /** What cannot be logged now is logged later. */
  private async log(all: readonly Repeated[]): Promise<void> {
    for (const one of all) {
      await this.append(one).catch(() => {
        this.repeated.giveBack(one);
        this.logger.error('refusals could not be logged; they are kept and tried again');
      });
    }
  }

  private async append({ action, reason, count }: Repeated): Promise<void> {
    await this.database.transaction((manager) => this.auditLog.append(manager, {
      actor: 'anonymous', role: 'none', action, object: 'route:several', outcome: 'refused',
      details: { reason, status: 401, count, policy: this.policy.hashes.roles },
    }));
  }
}
