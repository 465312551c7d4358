import type { CohortDefinition } from '#libs/cohort';
import type { CohortApprovalRow, CohortRow } from './cohort-requests.repository.js';

/** A cohort as statistician and board see it: what was asked and decided, no figure. */
export interface CohortView {
  readonly cohortId: string;
  readonly project: string;
  readonly runId: string;
  readonly state: string;
  readonly requester: string;
  readonly definition: CohortDefinition;
  /** Why it was refused. */
  readonly reasons: readonly string[];
  readonly approvals: readonly {
    readonly approver: string; readonly seat: string; readonly reason: string; readonly at: string;
  }[];
  readonly releaseId?: string;
}

export function cohortView(
  cohort: CohortRow, approvals: readonly CohortApprovalRow[], releaseId: string | undefined,
): CohortView {
  return {
    cohortId: cohort.id, project: cohort.project, runId: cohort.run, state: cohort.state,
    requester: cohort.requester, definition: cohort.definition, reasons: cohort.reasons,
    approvals: approvals.map(({ approver, seat, reason, at }) => (
      { approver, seat, reason, at: at.toISOString() })),
    ...(releaseId ? { releaseId } : {}),
  };
}
