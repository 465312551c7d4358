/**
 * Content of a record: coarse harmonised variables (SDMX code lists), never identifiers.
 * One row a record in `content.csv`, in the order of `encodings.bin`, keyed by the opaque record id.
 */
export interface ContentRow {
  /** 32 lower-case hex digits. */
  readonly recordId: string;
  readonly sex: SexCode;
  /** `YYYY-MM`, `YYYY` where the month is unknown, or empty: never a full date of birth. */
  readonly birthMonth: string;
  /** ISO 3166-1 alpha-2, `STLS` stateless, `UNK` undetermined, or empty: not held by this register. */
  readonly citizenship: string;
  /** ISO 3166-1 alpha-2, `UNK`, or empty: not held by this register. */
  readonly countryOfBirth: string;
}

/** SDMX CL_SEX, the codes that a register may deliver (`_N` no answer, `_U` unknown). */
export type SexCode = 'F' | 'M' | '_O' | '_N' | '_U';

export const CONTENT_HEADER = [
  'record_id', 'sex', 'birth_month', 'citizenship', 'country_of_birth',
] as const;

/**
 * Dated facts about the person behind a record.
 * `registered`/`deregistered`: entry into and exit from the population register;
 * `arrived`/`departed`: a crossing of the border; `permit-from`/`permit-until`: validity of a permit;
 * `born`, `died`, `naturalised` as registered in the country.
 */
export const EVENT_KINDS = [
  'born', 'died', 'registered', 'deregistered', 'arrived', 'departed',
  'permit-from', 'permit-until', 'naturalised',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One row of `events.csv`; sorted by nothing in particular. */
export interface EventRow {
  readonly recordId: string;
  readonly kind: EventKind;
  /** ISO 8601 date. */
  readonly date: string;
  /**
   * Country of previous (`registered`, `arrived`) or next (`deregistered`, `departed`) residence.
   * May be empty.
   */
  readonly country: string;
}

export const EVENTS_HEADER = ['record_id', 'kind', 'date', 'country'] as const;
