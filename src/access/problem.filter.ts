import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { ServerResponse } from 'node:http';
import type { DataSource } from 'typeorm';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { problemDocument, PROBLEM_MEDIA_TYPE, type ProblemDocument } from '../platform/problem/problem-document.js';
import { Refusal } from '../platform/problem/refusal.js';
import { AccessPolicy } from './access-policy.js';
import type { AccessRequest } from './requires.decorator.js';
import { UnsignedRefusals } from './unsigned-refusals.js';

/** Refusals that an auditor asks for. */
const AUDITED = [401, 403, 409];

/**
 * Turns everything thrown into a problem document. Refusals of access go into the audit log first, in a
 * transaction of their own (the request's was rolled back); if that fails, the answer is 503. Of those who
 * are not signed in, the first of a kind is logged at once and the others together (`UnsignedRefusals`).
 */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(
    private readonly auditLog: AuditLog,
    private readonly policy: AccessPolicy,
    private readonly unsigned: UnsignedRefusals,
    @InjectDataSource('governance') private readonly database: DataSource,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<AccessRequest>();
    const response = http.getResponse<ServerResponse>();
    let problem = problemDocument(thrown);
    if (problem.status >= 500) this.report(thrown);
    if (AUDITED.includes(problem.status)) problem = await this.recorded(problem, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.writeHead(problem.status, { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' });
    response.end(JSON.stringify(problem));
  }

  private async recorded(problem: ProblemDocument, request: AccessRequest): Promise<ProblemDocument> {
    const action = request.accessAction ?? 'route.unknown';
    const isUnsigned = problem.status === 401;
    if (isUnsigned && this.unsigned.counts(action, problem.code)) return problem;
    const project = /^\/api\/projects\/([0-9a-f-]{36})(\/|$)/.exec(request.path)?.[1];
    try {
      await this.database.transaction((manager) => this.auditLog.append(manager, {
        actor: request.principal?.subject ?? 'anonymous',
        role: request.actingPrincipal?.role ?? 'none',
        action,
        object: project ? `project:${project}` : `route:${routeOf(request)}`,
        outcome: 'refused',
        ...(project ? { project } : {}),
        details: { reason: problem.code, status: problem.status, policy: this.policy.hashes.roles },
      }));
      return problem;
    } catch (error) {
      if (isUnsigned) this.unsigned.forget(action, problem.code);
      this.report(error);
      return problemDocument(new Refusal(503, 'AUDIT_LOG_UNAVAILABLE',
        'the request was refused, and the refusal could not be logged', 'try again'));
    }
  }

  /** Kind and place of the failure; its text may quote a statement or a row and stays out of the log. */
  private report(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error('not an Error');
    const code = (error as { code?: unknown }).code;
    const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12);
    this.logger.error([`${error.name}${typeof code === 'string' ? ` ${code}` : ''}`, ...frames].join('\n'));
  }
}

/** The route's pattern, so that no id of a path parameter gets into the log by way of the address. */
function routeOf(request: AccessRequest): string {
  const path = request.route?.path;
  return typeof path === 'string' ? path : 'unknown';
}
