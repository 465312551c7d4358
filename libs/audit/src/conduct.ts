import type { AuditEvent } from './audit-event.js';
import type { Finding } from './finding.js';

/*
 * The verbs of an action (its last part) that carry a rule, whatever the noun:
 *   submit, request     somebody asks for the object: the requester; earlier approvals lapse
 *   approve             one approval of the object, by somebody else each time, never by the requester
 *   reject, withdraw    the approvals of the object lapse
 *   release, publish    needs two people's approvals of each object in `approvals` (or of its own object)
 */
const REQUEST_VERBS = ['submit', 'request'];
const APPROVE_VERBS = ['approve'];
const LAPSE_VERBS = ['reject', 'withdraw'];
const RELEASE_VERBS = ['release', 'publish'];

/** Distinct people, none of them the requester, without whom nothing is released. */
export const APPROVALS_FOR_RELEASE = 2;

interface ObjectState {
  requester: string | undefined;
  readonly approvers: Set<string>;
}

/**
 * Reads the events of a log in order and tells what must not have happened: gaps in the sequence, a clock
 * that runs backwards, self-approval, two approvals by one person, a release without two people's approval.
 * What was refused is no finding: the rule held. Memory grows with the objects that were ever requested.
 */
export class ConductReview {
  private expectedSeq = 0;
  private lastTime = '';
  private readonly objects = new Map<string, ObjectState>();

  /** `leaf`: index of the event in the log. */
  review(event: AuditEvent, leaf: number): Finding[] {
    const findings = [...this.reviewOrder(event, leaf), ...this.reviewApprovals(event, leaf)];
    this.expectedSeq = event.seq + 1;
    this.lastTime = event.at;
    return findings;
  }

  /** Passes over a leaf that cannot be read or was altered: it took its place in the sequence. */
  skip(): void {
    this.expectedSeq += 1;
  }

  private reviewOrder(event: AuditEvent, leaf: number): Finding[] {
    const findings: Finding[] = [];
    if (event.seq !== this.expectedSeq) {
      findings.push({ code: 'SEQUENCE_GAP', leaf,
        message: `The event has sequence number ${event.seq} where ${this.expectedSeq} was due.` });
    }
    // Times of one fixed form compare as text.
    if (event.at < this.lastTime) {
      findings.push({ code: 'CLOCK_BACKWARDS', leaf,
        message: `The event is dated ${event.at}, before the event that precedes it (${this.lastTime}).` });
    }
    return findings;
  }

  private reviewApprovals(event: AuditEvent, leaf: number): Finding[] {
    if (event.outcome === 'refused' || event.outcome === 'failed') return [];
    const verb = event.action.slice(event.action.lastIndexOf('.') + 1);
    if (REQUEST_VERBS.includes(verb)) {
      this.objects.set(event.object, { requester: event.actor, approvers: new Set() });
    }
    if (LAPSE_VERBS.includes(verb)) this.objects.get(event.object)?.approvers.clear();
    if (APPROVE_VERBS.includes(verb)) return this.reviewApproval(event, leaf);
    if (RELEASE_VERBS.includes(verb)) return this.reviewRelease(event, leaf);
    return [];
  }

  private reviewApproval(event: AuditEvent, leaf: number): Finding[] {
    const state = this.objects.get(event.object) ?? { requester: undefined, approvers: new Set<string>() };
    this.objects.set(event.object, state);
    const findings: Finding[] = [];
    if (state.requester === undefined) {
      findings.push({ code: 'APPROVAL_WITHOUT_REQUEST', leaf,
        message: `${event.object} was approved, and no request for it is in the log.` });
    }
    if (state.requester === event.actor) {
      findings.push({ code: 'SELF_APPROVAL', leaf,
        message: `${event.actor} approved ${event.object}, which the same person requested.` });
    }
    if (state.approvers.has(event.actor)) {
      findings.push({ code: 'REPEATED_APPROVAL', leaf,
        message: `A second approval of ${event.object} by ${event.actor} was accepted.` });
    }
    state.approvers.add(event.actor);
    return findings;
  }

  private reviewRelease(event: AuditEvent, leaf: number): Finding[] {
    const grounds = event.approvals?.length ? event.approvals : [event.object];
    return grounds
      .filter((object) => this.approvalsOf(object) < APPROVALS_FOR_RELEASE)
      .map((object): Finding => ({ code: 'RELEASE_WITHOUT_TWO_APPROVALS', leaf,
        message: `${event.object} was released; ${object} has the approval of ${this.approvalsOf(object)} `
          + `of the ${APPROVALS_FOR_RELEASE} people that it needs.` }));
  }

  private approvalsOf(object: string): number {
    const state = this.objects.get(object);
    if (state === undefined) return 0;
    return [...state.approvers].filter((approver) => approver !== state.requester).length;
  }
}
