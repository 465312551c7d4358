import type { JsonValue } from '#libs/record';

/** An event before the log gives it its place and time. */
export interface AuditEventDraft {
  readonly actor: string;
  readonly role: string;
  /** `noun.verb`. */
  readonly action: string;
  /** `kind:id`. */
  readonly object: string;
  readonly outcome: 'accepted' | 'refused' | 'ok' | 'failed' | 'pending';
  readonly purpose?: string;
  readonly project?: string;
  readonly approvals?: readonly string[];
  readonly details?: JsonValue;
}
