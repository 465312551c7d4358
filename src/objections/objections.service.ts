import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { Refusal } from '../platform/problem/refusal.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { ProjectsService } from '../projects/projects.service.js';
import { objectionMarks, objectionTokenMarks, type ObjectionMarks } from './objection-mark.js';
import type { ObjectionDto, ObjectionReceiptView } from './objections.dto.js';
import { ObjectionsRepository, type FiledMarks, type ObjectionList } from './objections.repository.js';

interface Asked {
  readonly project: string;
  readonly registerId: string;
  readonly asked: ObjectionDto;
  /** For the log. */
  readonly action: string;
}

type Change = (manager: EntityManager, list: ObjectionList, marks: FiledMarks) => Promise<void>;

/** Objections of people to being linked, as their custodian files them. Linkage runs apply them. */
@Injectable()
export class ObjectionsService {
  constructor(
    @InjectDataSource('extracts') private readonly database: DataSource,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly objections: ObjectionsRepository,
    private readonly projects: ProjectsService,
    private readonly auditLog: AuditLog,
  ) {}

  /** @throws Refusal 404, 403 `NOT_YOUR_REGISTER`. */
  async file(
    principal: ActingPrincipal, project: string, registerId: string, asked: ObjectionDto,
  ): Promise<ObjectionReceiptView> {
    await this.change(principal, { project, registerId, asked, action: 'objection.file' },
      (manager, list, marks) => this.objections.insert(manager, list, marks));
    return { state: 'filed' };
  }

  /** What was not filed with this scope is not there to withdraw, and nobody is told. */
  async withdraw(
    principal: ActingPrincipal, project: string, registerId: string, asked: ObjectionDto,
  ): Promise<ObjectionReceiptView> {
    await this.change(principal, { project, registerId, asked, action: 'objection.withdraw' },
      (manager, list, marks) => this.objections.remove(manager, list, marks));
    return { state: 'withdrawn' };
  }

  /**
   * The log says that it happened and by what, because tokens reach further; not how many: a leaf is for
   * ever, and one is a small number.
   */
  private async change(
    principal: ActingPrincipal,
    { project: id, registerId, asked, action }: Asked,
    work: Change,
  ): Promise<void> {
    const project = await this.projects.enter(principal, id);
    const { organisation } = principal;
    const isOwn = project.registers.some((register) =>
      register.registerId === registerId && register.organisation === organisation);
    if (!isOwn) {
      throw new Refusal(403, 'NOT_YOUR_REGISTER', 'the project names no such register of your organisation');
    }
    const { masterKey } = this.context;
    const marks = {
      records: marked(asked.recordIds, objectionMarks(masterKey, organisation, registerId)),
      tokens: marked(asked.tokens, objectionTokenMarks(masterKey)),
    };
    const by = [...(asked.recordIds ? ['record ids'] : []), ...(asked.tokens ? ['tokens'] : [])];
    const list = { organisation, registerId, project: asked.scope === 'project' ? project.id : null };
    await this.database.transaction(async (manager) => {
      await this.objections.actFor(manager, organisation);
      await work(manager, list, marks);
      await this.auditLog.append(manager, {
        actor: principal.subject, role: principal.role, action, object: `register:${registerId}`,
        outcome: 'accepted', purpose: project.purpose, project: project.id,
        details: { scope: asked.scope, by },
      });
    });
  }
}

function marked(named: readonly string[] | null | undefined, markOf: ObjectionMarks): Buffer[] {
  return (named ?? []).map((hex) => markOf(Buffer.from(hex, 'hex')));
}
