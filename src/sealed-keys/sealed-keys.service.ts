import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { readSealedKeyHeader } from '#libs/encode';
import type { JsonValue } from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { SealedKeysRepository, type SealedKeyRow } from './sealed-keys.repository.js';

/** Sealed keys of one custodian on one project; enough to seal again for each who was forgotten. */
const MAX_KEYS_PER_CUSTODIAN = 20;

/** A key that a custodian sealed for others; it does not prove who sealed it. */
export interface SealedKey {
  readonly id: string;
  /** The custodian whose person handed it on. */
  readonly organisation: string;
  readonly at: string;
  readonly recipients: number;
  /** An age file, base64. */
  readonly sealedKey: string;
}

/** Relays sealed keys between the custodians of a project. The service holds ciphertext and no identity. */
@Injectable()
export class SealedKeysService {
  constructor(
    @InjectDataSource('governance') private readonly database: DataSource,
    private readonly sealedKeys: SealedKeysRepository,
    private readonly projects: ProjectsService,
    private readonly auditLog: AuditLog,
  ) {}

  /** In order of arrival. */
  async list(principal: ActingPrincipal, projectId: string): Promise<SealedKey[]> {
    const project = await this.projects.read(principal, projectId);
    assertCustodian(principal, project);
    return (await this.sealedKeys.list(this.database.manager, project.id)).map(view);
  }

  /**
   * @throws VinculumError SEALED_KEY_INVALID for anything but a file sealed to public keys; Refusal 409 when
   *   the custodian has as many there as it may have.
   */
  async handOn(principal: ActingPrincipal, projectId: string, sealed: Buffer): Promise<SealedKey> {
    const project = await this.projects.enter(principal, projectId);
    assertCustodian(principal, project);
    const { recipients } = readSealedKeyHeader(sealed);
    const { organisation } = principal;
    return this.database.transaction(async (manager) => {
      if (await this.sealedKeys.lockAndCount(manager, project.id, organisation) >= MAX_KEYS_PER_CUSTODIAN) {
        throw new Refusal(409, 'TOO_MANY_SEALED_KEYS',
          `a custodian has at most ${MAX_KEYS_PER_CUSTODIAN} sealed keys on a project`, 'remove one that all have opened');
      }
      const row = await this.sealedKeys.insert(manager, project.id, { organisation, sealed, recipients });
      const sha256 = createHash('sha256').update(sealed).digest('hex');
      await this.log(manager, principal, project, 'sealed-key.hand-on', row.id, { recipients, sha256 });
      return view(row);
    });
  }

  /** Takes back what the custodian itself handed on. */
  async remove(principal: ActingPrincipal, projectId: string, id: string): Promise<void> {
    const project = await this.projects.enter(principal, projectId);
    await this.database.transaction(async (manager) => {
      const removed = isRowId(id)
        && await this.sealedKeys.delete(manager, project.id, principal.organisation, id);
      if (!removed) throw notFound('sealed key');
      await this.log(manager, principal, project, 'sealed-key.remove', id);
    });
  }

  private async log(
    manager: EntityManager, principal: ActingPrincipal, project: Project, action: string, id: string,
    details?: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: principal.subject, role: principal.role, action, object: `sealed-key:${id}`, outcome: 'accepted',
      purpose: project.purpose, project: project.id, ...(details === undefined ? {} : { details }),
    });
  }
}

/** A member of the project who works for no custodian of it has no use for a key. */
function assertCustodian({ organisation }: ActingPrincipal, { registers }: Project): void {
  if (registers.some((register) => register.organisation === organisation)) return;
  throw new Refusal(403, 'NOT_THE_CUSTODIAN', 'sealed keys are for the custodians of the project\'s registers');
}

function view({ id, organisation, sealed, recipients, at }: SealedKeyRow): SealedKey {
  return { id, organisation, at: at.toISOString(), recipients, sealedKey: sealed.toString('base64') };
}
