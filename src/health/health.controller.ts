import { Controller, Get, Inject } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { Refusal } from '../platform/problem/refusal.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';

@Controller('api')
export class HealthController {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @InjectDataSource('governance') private readonly database: DataSource,
  ) {}

  /** 200 when database and queue answer, 503 otherwise. Says where to sign in. */
  @Get('health')
  @Requires('health.read')
  async health(): Promise<object> {
    await this.database.query('SELECT 1').catch(() => {
      throw new Refusal(503, 'DATABASE_UNAVAILABLE', 'the database does not answer', 'try again');
    });
    await this.queue.ping();
    const { settings, issuer } = this.context;
    return {
      status: 'ok', profile: settings.profile,
      identity: { issuer, audience: settings.oidcAudience, development: settings.profile === 'embedded' },
    };
  }

  /** Who the service takes you for. */
  @Get('session')
  @Requires('session.read')
  session(@Acting() principal: ActingPrincipal): object {
    const { subject, organisation, organisationType, roles, seat } = principal;
    return { subject, organisation, organisationType, roles, ...(seat ? { seat } : {}) };
  }
}
