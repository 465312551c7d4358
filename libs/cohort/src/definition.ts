import { REGISTER_ID_PATTERN, VinculumError } from '#libs/record';
import { dayOf } from './calendar.js';
import { DURATION_CRITERIA, type DurationCriterion } from './residence.js';

/** What a register's records say about presence. */
export const EVIDENCE_KINDS = ['registration', 'permit', 'border'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface CohortRegister {
  readonly registerId: string;
  readonly evidence: EvidenceKind;
  /**
   * Border registers: whether every crossing is recorded. `complete` (where it is left out): an absence of
   * 12 months overrides a registration; `partial`: only one that other evidence bears out.
   */
  readonly coverage?: 'complete' | 'partial';
}

const COVERAGES = ['complete', 'partial'] as const;

/** A cohort definition, version 1, with nothing left open. */
export interface CohortDefinition {
  readonly kind: 'vinculum-cohort';
  readonly version: 1;
  /** `[a-z][a-z0-9-]{0,63}`. */
  readonly name: string;
  readonly title: string;
  /** A stock at `referenceDate`, or a flow over `period`. */
  readonly concept: 'usual-residents' | 'immigrants';
  /** Usual residents only: ISO 8601 date. */
  readonly referenceDate?: string;
  /** Immigrants only: calendar year. */
  readonly period?: { readonly year: number };
  readonly durationCriterion: DurationCriterion;
  /** ISO 3166-1 alpha-2 code of the country whose residents are counted. */
  readonly homeCountry: string;
  /** ISO 8601 date to which all registers are frozen; not before the reference date or the year's end. */
  readonly observedUntil: string;
  /** Whose registration shows an intention to stay where the stay is still short. */
  readonly registrationShowsIntention: 'nationals' | 'everybody';
  /** Highest precedence first: where registers disagree on content, the first that knows is believed. */
  readonly registers: readonly CohortRegister[];
  /** In the order of the table's columns; each at most once. */
  readonly dimensions: readonly DimensionId[];
}

export const DIMENSION_IDS = ['SEX', 'AGE', 'CITIZENSHIP_GRP'] as const;
export type DimensionId = (typeof DIMENSION_IDS)[number];

/** What a definition file leaves to the request, as the string `at-request`. */
export interface CohortRequest {
  readonly referenceDate?: string;
  readonly year?: number;
  readonly homeCountry?: string;
  readonly observedUntil?: string;
}

const AT_REQUEST = 'at-request';
const MEMBERS = [
  'kind', 'version', 'name', 'title', 'concept', 'referenceDate', 'period', 'durationCriterion', 'homeCountry',
  'observedUntil', 'registrationShowsIntention', 'registers', 'dimensions',
];

/**
 * Reads a cohort definition and fills what it leaves `at-request`. `observedUntil` left open and not given
 * is the reference date or the last day of the year: then only what is intended, not what came after, is
 * known of late
 * arrivals. A value that the definition fixes cannot be changed by the request.
 *
 * @throws VinculumError `COHORT_DEFINITION_UNSUPPORTED` for another version, `COHORT_DEFINITION_INVALID` with
 *   every reason otherwise.
 */
export function parseCohortDefinition(json: unknown, request: CohortRequest = {}): CohortDefinition {
  if (!isObject(json)) throw invalid(['expected an object']);
  if (json['kind'] === 'vinculum-cohort' && json['version'] !== 1) {
    throw new VinculumError('COHORT_DEFINITION_UNSUPPORTED',
      'expected version 1 of vinculum-cohort; use an engine that knows the version given');
  }
  const reasons: string[] = [];
  const filled = fill(json, request, reasons);
  check(filled, reasons);
  if (reasons.length > 0) throw invalid(reasons);
  return filled as unknown as CohortDefinition;
}

function fill(
  json: Record<string, unknown>, request: CohortRequest, reasons: string[],
): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...json };
  const take = (member: string, given: unknown): void => {
    if (filled[member] === AT_REQUEST && given !== undefined) filled[member] = given;
    else if (given !== undefined) reasons.push(`${member}: the definition does not leave it to the request`);
    else if (filled[member] === AT_REQUEST) reasons.push(`${member}: expected with the request`);
  };
  take('referenceDate', request.referenceDate);
  take('period', request.year === undefined ? undefined : { year: request.year });
  take('homeCountry', request.homeCountry);
  if (filled['observedUntil'] === AT_REQUEST && request.observedUntil === undefined) {
    filled['observedUntil'] = lastDateOf(filled);
  } else {
    take('observedUntil', request.observedUntil);
  }
  return filled;
}

/** The reference date, or the last day of the year; undefined when neither is there to take. */
function lastDateOf(definition: Record<string, unknown>): unknown {
  const period = definition['period'];
  if (isObject(period) && isYear(period['year'])) return `${period['year']}-12-31`;
  return definition['referenceDate'];
}

function check(json: Record<string, unknown>, reasons: string[]): void {
  for (const key of Object.keys(json)) {
    if (!MEMBERS.includes(key)) reasons.push(`${key.slice(0, 64)}: not a member of this version`);
  }
  const expect = (holds: boolean, reason: string): void => {
    if (!holds) reasons.push(reason);
  };
  expect(json['kind'] === 'vinculum-cohort', 'kind: expected vinculum-cohort');
  expect(matches(json['name'], /^[a-z][a-z0-9-]{0,63}$/), 'name: expected [a-z][a-z0-9-]{0,63}');
  expect(matches(json['title'], /^[^\p{Cc}]{1,200}$/u), 'title: expected 1..200 characters on one line');
  expect(Object.hasOwn(DURATION_CRITERIA, String(json['durationCriterion'])),
    `durationCriterion: expected ${Object.keys(DURATION_CRITERIA).join(' or ')}`);
  expect(matches(json['homeCountry'], /^[A-Z]{2}$/), 'homeCountry: expected an ISO 3166-1 alpha-2 code');
  expect(['nationals', 'everybody'].includes(json['registrationShowsIntention'] as string),
    'registrationShowsIntention: expected nationals or everybody');
  checkTime(json, reasons);
  checkRegisters(json['registers'], reasons);
  const dimensions = json['dimensions'];
  expect(isListOf(dimensions, DIMENSION_IDS) && dimensions.length > 0
    && new Set(dimensions).size === dimensions.length,
  `dimensions: expected some of ${DIMENSION_IDS.join(', ')}, each once`);
}

function checkTime(json: Record<string, unknown>, reasons: string[]): void {
  const stock = json['concept'] === 'usual-residents';
  if (!stock && json['concept'] !== 'immigrants') {
    reasons.push('concept: expected usual-residents or immigrants');
    return;
  }
  const [needed, foreign] = stock ? ['referenceDate', 'period'] : ['period', 'referenceDate'];
  if (json[foreign] !== undefined) reasons.push(`${foreign}: not a member for this concept`);
  const period = json['period'];
  const sound = stock ? isDate(json['referenceDate'])
    : isObject(period) && isYear(period['year']) && Object.keys(period).length === 1;
  if (!sound && json[needed] !== AT_REQUEST) {
    reasons.push(stock ? 'referenceDate: expected an existing YYYY-MM-DD' : 'period: expected a year in 1900..9998');
  }
  const until = json['observedUntil'];
  if (until === undefined && !sound) return;
  if (!isDate(until)) reasons.push('observedUntil: expected an existing YYYY-MM-DD');
  else if (sound && dayOf(until) < dayOf(lastDateOf(json) as string)) {
    reasons.push('observedUntil: expected no date before the reference date or the end of the year');
  }
}

function checkRegisters(registers: unknown, reasons: string[]): void {
  if (!Array.isArray(registers) || registers.length === 0) {
    reasons.push('registers: expected a list, highest precedence first');
    return;
  }
  const seen = new Set<unknown>();
  registers.forEach((register: unknown, i) => {
    const at = `registers[${i}]`;
    if (!isObject(register)) {
      reasons.push(`${at}: expected an object`);
      return;
    }
    if (!matches(register['registerId'], REGISTER_ID_PATTERN) || seen.has(register['registerId'])) {
      reasons.push(`${at}.registerId: expected a register identifier, each once`);
    }
    seen.add(register['registerId']);
    if (!isListOf([register['evidence']], EVIDENCE_KINDS)) {
      reasons.push(`${at}.evidence: expected ${EVIDENCE_KINDS.join(', ')}`);
    }
    const coverage = register['coverage'];
    if (coverage !== undefined && (register['evidence'] !== 'border' || !isListOf([coverage], COVERAGES))) {
      reasons.push(`${at}.coverage: expected complete or partial, of a border register`);
    }
    if (Object.keys(register).some((key) => !['registerId', 'evidence', 'coverage'].includes(key))) {
      reasons.push(`${at}: expected registerId, evidence and coverage alone`);
    }
  });
}

function isYear(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1900 && (value as number) <= 9998;
}

function isDate(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    dayOf(value);
    return true;
  } catch {
    return false;
  }
}

function isListOf<T extends string>(value: unknown, allowed: readonly T[]): value is T[] {
  return Array.isArray(value) && value.every((item) => allowed.includes(item as T));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function invalid(reasons: readonly string[]): VinculumError {
  return new VinculumError('COHORT_DEFINITION_INVALID', `cohort definition refused: ${reasons.join('; ')}`);
}
