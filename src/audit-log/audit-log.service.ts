import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalEvent, type AuditEventDraft } from '#libs/audit';
import { canonicalJson } from '#libs/record';

/** Place and time that stand in for those that the database gives, while a draft is checked. */
const UNPLACED = { v: 1, seq: 0, at: '2000-01-01T00:00:00.000Z' } as const;

/**
 * Appends to the audit log inside the caller's transaction: what cannot be logged does not happen.
 *
 * The append locks the log until the transaction ends, so it comes last, after the work.
 */
@Injectable()
export class AuditLog {
  /**
   * @returns the event's number, 0-based and without gaps.
   * @throws VinculumError `AUDIT_EVENT_INVALID`; the transaction must then be rolled back.
   */
  async append(manager: EntityManager, draft: AuditEventDraft): Promise<number> {
    canonicalEvent({ ...draft, ...UNPLACED });
    const members = Object.entries({ ...draft, v: UNPLACED.v });
    // The function adds `at` and `seq` and joins all members in order: the canonical text again.
    const [{ seq }] = await manager.query<[{ seq: string }]>('SELECT audit.append($1, $2) AS seq', [
      members.map(([name]) => name),
      members.map(([, value]) => canonicalJson(value)),
    ]);
    return Number(seq);
  }
}
