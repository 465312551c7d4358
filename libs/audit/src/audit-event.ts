import { canonicalJson, VinculumError, type JsonValue } from '#libs/record';

/**
 * How the step ended. `accepted`, `refused`: a request was decided; `ok`, `failed`: work was done or not;
 * `pending`: begun, or waiting for others.
 */
export const AUDIT_OUTCOMES = ['accepted', 'refused', 'ok', 'failed', 'pending'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * One leaf of the audit log: who did what, to what, why, and how it ended. It names people only by the
 * pseudonymous id of their account, and never the people in the registers.
 */
export interface AuditEvent {
  readonly v: 1;
  /** 0-based, without gaps: the index of the leaf. */
  readonly seq: number;
  /** UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`; never before the event that precedes it. */
  readonly at: string;
  /** Account id of the person or process that acted. */
  readonly actor: string;
  /** Role in which it acted; `none` where it had none. */
  readonly role: string;
  /** `noun.verb`, for example `cohort.approve`; `conduct.ts` says which verbs carry a rule. */
  readonly action: string;
  /** What was acted on, `kind:id`, for example `cohort:7`. */
  readonly object: string;
  readonly outcome: AuditOutcome;
  /** Term of the closed list of purposes. */
  readonly purpose?: string;
  readonly project?: string;
  /** The objects (`kind:id`) on whose approval the action rests; their approval leaves are in the log. */
  readonly approvals?: readonly string[];
  /** Counts, hashes, versions, reason codes. No personal data; whole numbers only. */
  readonly details?: JsonValue;
}

/** An event before the log gives it its place and time. */
export type AuditEventDraft = Omit<AuditEvent, 'v' | 'seq' | 'at'>;

/** Bytes of a canonical event at most: a leaf is a statement, not a store. */
export const MAX_EVENT_BYTES = 16_384;

const MAX_TEXT = 300;
const MAX_APPROVALS = 20;
const MAX_DEPTH = 6;
const REQUIRED = ['v', 'seq', 'at', 'actor', 'role', 'action', 'object', 'outcome'];
const OPTIONAL = ['purpose', 'project', 'approvals', 'details'];
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ACTION = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const OBJECT = /^[a-z][a-z0-9-]*:\S(.*\S)?$/u;
/** No control characters, which attack whoever reads the log, and no half of a surrogate pair. */
const PRINTABLE = /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u;

/**
 * Keys that would hold what a leaf must not: the log cannot be erased, so a slip here is for ever.
 * A tripwire for a forgetful programmer; it cannot recognise a name inside a value.
 */
const PERSONAL_KEYS = new Set([
  'name', 'givenname', 'familyname', 'fullname', 'birthdate', 'dateofbirth', 'address', 'street', 'phone',
  'email', 'identifier', 'documentnumber', 'recordid', 'encoding', 'filter', 'secret', 'password', 'token', 'ip',
]);
/** These too, unless the value is a number: then it counts them. */
const PERSONAL_PLURALS = new Set(['names', 'givennames', 'identifiers', 'recordids', 'encodings', 'filters']);

/**
 * The bytes of a leaf as text: RFC 8785 canonical JSON of a valid event.
 *
 * @throws VinculumError AUDIT_EVENT_INVALID with each reason; no value of the event is repeated.
 */
export function canonicalEvent(event: AuditEvent): string {
  const reasons = eventFaults(event);
  if (reasons.length > 0) throw invalid(reasons);
  const text = canonicalJson(event as unknown as JsonValue);
  if (text.length > MAX_EVENT_BYTES || utf8Length(text) > MAX_EVENT_BYTES) {
    throw invalid([`at most ${MAX_EVENT_BYTES} bytes`]);
  }
  return text;
}

/**
 * Checks an event before the log numbers and dates it: what is refused here is refused before any work
 * is committed.
 *
 * @throws VinculumError AUDIT_EVENT_INVALID with each reason; no value of the event is repeated.
 */
export function assertEventDraft(draft: AuditEventDraft): void {
  canonicalEvent({ ...draft, v: 1, seq: Number.MAX_SAFE_INTEGER, at: '9999-12-31T23:59:59.999Z' });
}

/**
 * Reads a leaf. Only the canonical text is accepted, so that one event has one hash.
 *
 * @throws VinculumError AUDIT_EVENT_INVALID
 */
export function parseEvent(text: string): AuditEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(['JSON']);
  }
  const reasons = eventFaults(value);
  if (reasons.length > 0) throw invalid(reasons);
  if (canonicalJson(value as JsonValue) !== text) throw invalid(['canonical JSON (RFC 8785)']);
  return value as AuditEvent;
}

/** What is wrong with a would-be event: one phrase a fault, empty when it is valid. */
export function eventFaults(value: unknown): string[] {
  if (!isObject(value)) return ['an object'];
  const keys = Object.keys(value);
  const missing = REQUIRED.filter((key) => value[key] === undefined).map((key) => `a field ${key}`);
  const unknown = keys.some((key) => !REQUIRED.includes(key) && !OPTIONAL.includes(key));
  if (missing.length > 0 || unknown) {
    return [...missing, ...(unknown ? [`no fields beside ${[...REQUIRED, ...OPTIONAL].join(', ')}`] : [])];
  }
  return [...headFaults(value), ...optionalFaults(value)];
}

function headFaults(event: Record<string, unknown>): string[] {
  const faults: string[] = [];
  if (event.v !== 1) faults.push('v 1');
  if (!Number.isSafeInteger(event.seq) || (event.seq as number) < 0) faults.push('seq, a count from 0');
  if (!isTime(event.at)) faults.push('at, UTC as YYYY-MM-DDTHH:MM:SS.mmmZ');
  for (const field of ['actor', 'role']) {
    if (!isText(event[field])) faults.push(`${field}, 1 to ${MAX_TEXT} printable characters`);
  }
  if (!isText(event.action) || !ACTION.test(event.action)) faults.push('action as noun.verb');
  if (!isText(event.object) || !OBJECT.test(event.object)) faults.push('object as kind:id');
  if (!AUDIT_OUTCOMES.includes(event.outcome as AuditOutcome)) {
    faults.push(`outcome, one of ${AUDIT_OUTCOMES.join(', ')}`);
  }
  return faults;
}

function optionalFaults(event: Record<string, unknown>): string[] {
  const faults: string[] = [];
  for (const field of ['purpose', 'project']) {
    if (field in event && !isText(event[field])) faults.push(`${field}, 1 to ${MAX_TEXT} printable characters`);
  }
  const { approvals } = event;
  if ('approvals' in event) {
    const isList = Array.isArray(approvals) && approvals.length <= MAX_APPROVALS
      && approvals.every((entry) => isText(entry) && OBJECT.test(entry));
    if (!isList) faults.push(`approvals, at most ${MAX_APPROVALS} objects as kind:id`);
  }
  if ('details' in event) faults.push(...detailFaults(event.details, 0));
  return faults;
}

/** Faults of `details`: JSON of bounded depth, whole numbers, no key of the personal kind. */
function detailFaults(value: unknown, depth: number): string[] {
  if (depth > MAX_DEPTH) return [`details at most ${MAX_DEPTH} deep`];
  if (value === null || typeof value === 'boolean') return [];
  if (typeof value === 'string') {
    return value === '' || isText(value) ? [] : [`printable texts of at most ${MAX_TEXT} characters in details`];
  }
  if (typeof value === 'number') {
    // Fractions would tie the hash to one way of printing them.
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? [] : ['whole numbers in details'];
  }
  if (Array.isArray(value)) return value.flatMap((entry) => detailFaults(entry, depth + 1));
  if (!isObject(value)) return ['JSON values in details'];
  return Object.entries(value).flatMap(([key, entry]) => [
    ...(isDetailKey(key, entry) ? [] : ['no key in details that is not plain or that stands for personal data']),
    ...detailFaults(entry, depth + 1),
  ]);
}

function isDetailKey(key: string, value: unknown): boolean {
  const bare = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$/.test(key)
    && !PERSONAL_KEYS.has(bare)
    && (typeof value === 'number' || !PERSONAL_PLURALS.has(bare));
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !TIME.test(value)) return false;
  const milliseconds = Date.parse(value);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === value;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT && PRINTABLE.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function invalid(reasons: readonly string[]): VinculumError {
  return new VinculumError('AUDIT_EVENT_INVALID',
    `An audit event was expected with ${[...new Set(reasons)].join('; ')}. Nothing was logged.`);
}
