import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { canonicalJson, type JsonValue } from '#libs/record';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { RetentionRepository, type DueExtract, type StoredExtract } from './retention.repository.js';

/** Destroys extracts. Several instances may do it at once: one wins, the others find nothing to do. */
@Injectable()
export class Destruction {
  constructor(
    @InjectDataSource('retention') private readonly database: DataSource,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly extracts: RetentionRepository,
    private readonly auditLog: AuditLog,
  ) {}

  /** Extracts whose time has come, oldest first. */
  due(): Promise<Pick<StoredExtract, 'id' | 'project'>[]> {
    return this.extracts.due(this.database.manager);
  }

  /**
   * The rows, the key, the leaf. The key goes before the transaction is committed: once the log says that an
   * extract is destroyed, it is. Should the commit fail, the extract is noise and still due, and comes again.
   *
   * @returns false where it was not due any more.
   */
  destroy({ id, project }: Pick<StoredExtract, 'id' | 'project'>): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      await this.extracts.lockExtracts(manager, project);
      const extract = await this.extracts.holdDue(manager, id);
      if (!extract) return false;
      const linkMaps = await this.extracts.removeLinkMaps(manager, id);
      const rows = await this.extracts.removeRows(manager, id);
      await this.context.storageKeys.destroy(id);
      const leaf = await this.auditLog.append(manager, {
        actor: 'service', role: 'none', action: 'extract.destroy', object: `extract:${id}`, outcome: 'ok',
        purpose: extract.purpose, project,
        approvals: [extract.closing ? `retention-decision:${extract.closing}` : `project:${project}`],
        details: detailsOf(extract, { rows, linkMaps }),
      });
      await this.extracts.markDestroyed(manager, id, leaf);
      return true;
    });
  }
}

/** The manifest names the SHA-256 of each part: its own hash stands for all that was destroyed. */
function detailsOf(
  extract: DueExtract, removed: { readonly rows: number; readonly linkMaps: number },
): JsonValue {
  const manifest = canonicalJson(extract.manifest as unknown as JsonValue);
  return {
    register: extract.registerId, records: extract.manifest.records, ...removed,
    manifestSha256: createHash('sha256').update(manifest).digest('hex'),
    sha256: extract.manifest.parts.encodings.sha256,
    reason: extract.closing ? 'PROJECT_CLOSED' : 'RETENTION_ENDED',
    ...(extract.version ? { version: extract.version } : {}),
    ...(extract.destroyAfter ? { due: extract.destroyAfter.toISOString() } : {}),
  };
}
