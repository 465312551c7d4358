import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '#libs/record';
import type { AuditEventDraft } from './audit-event-draft.js';

/**
 * Appends to the audit log inside the caller's transaction: what cannot be logged does not happen.
 *
 * The append locks the log until the transaction ends, so it comes last, after the work.
 */
@Injectable()
export class AuditLog {
  /** @returns the event's number, 0-based and without gaps. */
  async append(manager: EntityManager, draft: AuditEventDraft): Promise<number> {
    const members = Object.entries({ v: 1, ...draft }).filter(([, value]) => value !== undefined);
    const [{ seq }] = await manager.query<[{ seq: string }]>('SELECT audit.append($1, $2) AS seq', [
      members.map(([name]) => name),
      members.map(([, value]) => canonicalJson(value)),
    ]);
    return Number(seq);
  }
}
