import type { BoardSeat } from '../platform/identity/principal.js';
import { Refusal } from '../platform/problem/refusal.js';
import { readPolicy, type PolicyDocument } from '../platform/settings/policy-document.js';
import type { ActingPrincipal } from './requires.decorator.js';

export const SAFES = ['project', 'people', 'settings', 'data', 'outputs'] as const;
export type Safe = (typeof SAFES)[number];

/** `config/access/approvals.json`. */
export interface ApprovalPolicy {
  readonly version: 1;
  readonly approvers: number;
  readonly vulnerableGroups: { readonly organisations: number; readonly seats: readonly BoardSeat[] };
  readonly fiveSafes: {
    readonly minimumSum: number;
    readonly minimumEach: number;
    readonly vulnerableGroups: Readonly<Partial<Record<Safe, number>>>;
  };
}

export interface GivenApproval {
  readonly approver: string;
  readonly organisation: string;
  readonly seat: BoardSeat;
}

/** What is up for approval: who asked, and whether vulnerable groups are in scope. */
export interface ApprovalCase {
  readonly requester: string;
  readonly vulnerableGroups: boolean;
}

/** Dual control: who may approve, and what is still missing. Projects and cohorts ask the same rules. */
export class ApprovalRules {
  constructor(private readonly document: PolicyDocument<ApprovalPolicy>) {}

  static read(): ApprovalRules {
    return new ApprovalRules(readPolicy('access/approvals', 'access-approvals-v1'));
  }

  get policy(): ApprovalPolicy {
    return this.document.policy;
  }

  get hash(): string {
    return this.document.hash;
  }

  /**
   * @returns the seat in which the principal may give the next approval.
   * @throws Refusal 403 `SELF_APPROVAL` or `SEAT_MISSING`, 409 `ALREADY_APPROVED`.
   */
  assertMayApprove(
    principal: ActingPrincipal, what: ApprovalCase, given: readonly GivenApproval[],
  ): BoardSeat {
    if (principal.subject === what.requester) {
      throw new Refusal(403, 'SELF_APPROVAL', 'who asks does not approve');
    }
    if (!principal.seat) throw new Refusal(403, 'SEAT_MISSING', 'your access token names no seat on the board');
    if (given.some(({ approver }) => approver === principal.subject)) {
      throw new Refusal(409, 'ALREADY_APPROVED', 'you have approved this already; another person must');
    }
    return principal.seat;
  }

  /** What the approvals still lack, a phrase each; empty: granted. */
  missing(what: ApprovalCase, given: readonly GivenApproval[]): string[] {
    const { approvers, vulnerableGroups } = this.policy;
    const people = new Set(given.map(({ approver }) => approver)).size;
    const missing = people < approvers ? [`${approvers - people} more of ${approvers} approvals`] : [];
    if (!what.vulnerableGroups) return missing;
    const organisations = new Set(given.map(({ organisation }) => organisation)).size;
    if (organisations < vulnerableGroups.organisations) {
      missing.push(`approvals from ${vulnerableGroups.organisations} organisations`);
    }
    const vacant = vulnerableGroups.seats.filter((seat) => !given.some((approval) => approval.seat === seat));
    return [...missing, ...vacant.map((seat) => `an approval from the ${seat} seat`)];
  }
}
