import type { StoredExtract } from './retention.repository.js';
import type { RetentionDecisionRow } from './retention-decision.js';

/** A decision that takes two people, and how far it is. */
export class RetentionDecisionView {
  readonly decisionId!: string;
  readonly project!: string;
  /** `hold`, `lift-hold` or `close`. */
  readonly kind!: string;
  readonly reason!: string;
  /** `waiting` for a second person, `approved`, `ended` (a hold that was lifted) or `lapsed`. */
  readonly state!: string;
  readonly requester!: string;
  readonly requestedAt!: string;
  readonly approver?: string;
  readonly approvedAt?: string;
}

/** The clock of one extract. Nothing of what is in it. */
export class ExtractClockView {
  readonly extractId!: string;
  readonly registerId!: string;
  /** Which accepted delivery of the register it is, from 1. */
  readonly version?: number;
  /** `receiving`, `accepted`, `superseded` or `destroyed`. */
  readonly state!: string;
  readonly destroyAfter?: string;
  readonly destroyedAt?: string;
  /** The clock should have destroyed it: a hold stops it, or something is wrong. */
  readonly overdue!: boolean;
}

/** What a project keeps, until when, and who decided otherwise. */
export class RetentionView {
  readonly project!: string;
  readonly retentionDays!: number;
  /** Whether a legal hold stops the clocks. */
  readonly held!: boolean;
  readonly decisions!: RetentionDecisionView[];
  readonly extracts!: ExtractClockView[];
}

export function decisionView(decision: RetentionDecisionRow): RetentionDecisionView {
  const { id: decisionId, project, kind, reason, requester, requestedAt, approver, approvedAt } = decision;
  return {
    decisionId, project, kind, reason, state: stateOf(decision), requester,
    requestedAt: requestedAt.toISOString(),
    ...(approver && approvedAt ? { approver, approvedAt: approvedAt.toISOString() } : {}),
  };
}

export function clockView(extract: StoredExtract, now: Date): ExtractClockView {
  const { id: extractId, registerId, version, state, destroyAfter, destroyedAt } = extract;
  return {
    extractId, registerId, state, ...(version ? { version } : {}),
    ...(destroyAfter ? { destroyAfter: destroyAfter.toISOString() } : {}),
    ...(destroyedAt ? { destroyedAt: destroyedAt.toISOString() } : {}),
    overdue: state !== 'destroyed' && destroyAfter !== null && destroyAfter <= now,
  };
}

function stateOf({ approvedAt, endedAt, lapsed }: RetentionDecisionRow): string {
  if (endedAt) return 'ended';
  if (approvedAt) return 'approved';
  return lapsed ? 'lapsed' : 'waiting';
}
