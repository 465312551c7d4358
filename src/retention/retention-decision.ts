/** What two people can decide about the extracts of a project. */
export const RETENTION_DECISION_KINDS = ['hold', 'lift-hold', 'close'] as const;
export type RetentionDecisionKind = (typeof RETENTION_DECISION_KINDS)[number];

/** Days after which nobody can approve any more what somebody asked for. */
export const LAPSE_DAYS = 14;

export interface RetentionDecisionRow {
  readonly id: string;
  readonly project: string;
  readonly kind: RetentionDecisionKind;
  readonly reason: string;
  readonly requester: string;
  readonly requesterOrganisation: string;
  readonly requestedAt: Date;
  readonly approver: string | null;
  readonly approvedAt: Date | null;
  /** Of a hold that was lifted. */
  readonly endedAt: Date | null;
  /** Nobody approved it in time. */
  readonly lapsed: boolean;
}

/** Whether it still waits for its second person. */
export function isOpen({ approvedAt, lapsed }: RetentionDecisionRow): boolean {
  return approvedAt === null && !lapsed;
}

/** Whether it stops the clocks of the project. */
export function isHolding({ kind, approvedAt, endedAt }: RetentionDecisionRow): boolean {
  return kind === 'hold' && approvedAt !== null && endedAt === null;
}
