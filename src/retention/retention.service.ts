import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditExport } from '../audit-log/audit-export.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { ProjectsService } from '../projects/projects.service.js';
import { isHolding } from './retention-decision.js';
import { RetentionDecisions } from './retention-decisions.service.js';
import { RetentionRepository } from './retention.repository.js';
import { clockView, decisionView, type RetentionView } from './retention-view.js';

/** What a project keeps and until when, and the proof that something is kept no more. */
@Injectable()
export class RetentionService {
  constructor(
    @InjectDataSource('retention') private readonly database: DataSource,
    private readonly extracts: RetentionRepository,
    private readonly decisions: RetentionDecisions,
    private readonly projects: ProjectsService,
    private readonly log: AuditExport,
  ) {}

  async read(principal: ActingPrincipal, projectId: string): Promise<RetentionView> {
    const { id: project, retentionDays } = await this.projects.read(principal, projectId);
    const decisions = await this.decisions.ofProject(project);
    const extracts = await this.extracts.ofProject(this.database.manager, project);
    const now = new Date();
    return {
      project, retentionDays, held: decisions.some(isHolding), decisions: decisions.map(decisionView),
      extracts: extracts.map((extract) => clockView(extract, now)),
    };
  }

  /**
   * The destruction receipt, for `vinculum audit verify --receipt`.
   *
   * @throws Refusal 404 where the extract is not visible, 409 `EXTRACT_NOT_DESTROYED`.
   */
  async receipt(principal: ActingPrincipal, id: string): Promise<string> {
    const extract = isRowId(id) ? await this.extracts.find(this.database.manager, id) : undefined;
    if (!extract) throw notFound('extract');
    if (principal.role === 'custodian' && principal.organisation !== extract.organisation) throw notFound('extract');
    await this.projects.read(principal, extract.project);
    if (extract.destructionLeaf === null) {
      throw new Refusal(409, 'EXTRACT_NOT_DESTROYED', `the extract is ${extract.state}; nothing was destroyed`);
    }
    return this.log.receipt(extract.destructionLeaf);
  }
}
