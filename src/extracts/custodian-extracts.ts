import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { JsonValue } from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { ContentKey } from './content-key.js';
import { ContentRepository } from './content.repository.js';
import { DataKey } from './data-key.js';
import type { ContentKeys } from './delivered-content.js';
import { ExtractsRepository, type ExtractRow, type Hold } from './extracts.repository.js';
import { UploadsRepository } from './uploads.repository.js';

/** Who does something to an extract, for the log. */
export type Actor = Pick<ActingPrincipal, 'subject'> & { readonly role: ActingPrincipal['role'] | 'none' };

/** Extracts as one custodian can reach them: its own, in projects that it sees. */
@Injectable()
export class CustodianExtracts {
  constructor(
    @InjectDataSource('extracts') private readonly database: DataSource,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly extracts: ExtractsRepository,
    private readonly content: ContentRepository,
    private readonly uploads: UploadsRepository,
    private readonly projects: ProjectsService,
    private readonly auditLog: AuditLog,
  ) {}

  /** One transaction that sees the extracts of one organisation. */
  transaction<T>(organisation: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      await this.extracts.actFor(manager, organisation);
      return work(manager);
    });
  }

  /** @throws Refusal 404 where it is another custodian's, or is not. */
  async find(
    manager: EntityManager, principal: ActingPrincipal, id: string, hold?: Hold,
  ): Promise<ExtractRow> {
    let extract: ExtractRow | undefined;
    if (isRowId(id)) {
      extract = hold ? await this.extracts.hold(manager, id, hold) : await this.extracts.find(manager, id);
    }
    if (!extract) throw notFound('extract');
    await this.projects.read(principal, extract.project);
    return extract;
  }

  /**
   * The extract in the hands of somebody who has found it in this request already.
   *
   * @throws Refusal 409 `EXTRACT_STATE`, `EXTRACT_BUSY`, 410 `EXTRACT_EXPIRED`.
   */
  async assertStillReceiving(manager: EntityManager, id: string): Promise<void> {
    const extract = await this.extracts.hold(manager, id, 'share');
    if (!extract) throw notFound('extract');
    assertReceiving(extract);
  }

  /**
   * Makes the keys of an extract, and stores that of its content.
   *
   * @returns the wrapped data key, to be stored in the same transaction.
   */
  async newKeys(manager: EntityManager, id: string): Promise<Buffer> {
    await this.extracts.lockWrapping(manager);
    const { storageKeys } = this.context;
    await this.content.insertKey(manager, id, await ContentKey.generate(id).wrap(storageKeys));
    return DataKey.generate(id).wrap(storageKeys);
  }

  /** Removes what was stored of an extract, and makes it noise in backups too. */
  async removeStored(manager: EntityManager, id: string): Promise<void> {
    await this.uploads.removeAll(manager, id);
    await this.content.removeAll(manager, id);
    await this.context.storageKeys.destroy(id);
  }

  /** @throws Refusal 410 `EXTRACT_DESTROYED`. */
  async keyOf(extract: ExtractRow): Promise<DataKey> {
    assertNotDestroyed(extract);
    if (!extract.wrappedKey) throw destroyed(extract.id);
    return DataKey.unwrap(this.context.storageKeys, extract.id, extract.wrappedKey);
  }

  /** Also the key that rows of content are encrypted with. @throws as `keyOf`. */
  async keysOf(manager: EntityManager, extract: ExtractRow): Promise<ContentKeys> {
    const data = await this.keyOf(extract);
    const wrapped = await this.content.wrappedKey(manager, extract.id);
    if (!wrapped) throw new Error(`extract ${extract.id} has no key of its content`);
    return { data, content: await ContentKey.unwrap(this.context.storageKeys, extract.id, wrapped) };
  }

  /** Comes last in a transaction: it locks the log. */
  async log(
    manager: EntityManager, actor: Actor, project: Pick<Project, 'id' | 'purpose'>, action: string, id: string,
    outcome: 'pending' | 'ok' | 'accepted' | 'refused', details: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: actor.subject, role: actor.role, action, object: `extract:${id}`, outcome,
      purpose: project.purpose, project: project.id, approvals: [`project:${project.id}`], details,
    });
  }
}

/** @throws Refusal 410 `EXTRACT_DESTROYED`. */
export function assertNotDestroyed({ id, state }: Pick<ExtractRow, 'id' | 'state'>): void {
  if (state === 'destroyed') throw destroyed(id);
}

function destroyed(id: string): Refusal {
  return new Refusal(410, 'EXTRACT_DESTROYED', 'the extract was destroyed; nobody can read it',
    `GET /api/extracts/${id}/receipt proves it`);
}

/** @throws Refusal 409 `EXTRACT_STATE` or 410 `EXTRACT_EXPIRED` where it takes no more bytes. */
export function assertReceiving(extract: ExtractRow): void {
  if (extract.state === 'receiving') return;
  assertNotDestroyed(extract);
  if (extract.state === 'expired') {
    throw new Refusal(410, 'EXTRACT_EXPIRED', 'nothing came for too long, and what had come was removed',
      'submit the extract again');
  }
  throw new Refusal(409, 'EXTRACT_STATE', `the extract is ${extract.state}`, 'submit a new one');
}
