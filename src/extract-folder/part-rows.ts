import { EVENT_KINDS, type ContentRow, type EventKind, type EventRow, type SexCode } from '#libs/record';

const SEX_CODES: readonly string[] = ['F', 'M', '_O', '_N', '_U'] satisfies readonly SexCode[];
const RECORD_ID = /^[0-9a-f]{32}$/;
const COUNTRY = /^(?:[A-Z]{2}|UNK)?$/;
const CITIZENSHIP = /^(?:[A-Z]{2}|STLS|UNK)?$/;
const MONTH = /^(?:\d{4}(?:-(?:0[1-9]|1[0-2]))?)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Why one field of a row is refused; never repeats the value. */
export interface FieldRefusal {
  readonly field: string;
  readonly reason: string;
}

export const isSexCode = (text: string): text is SexCode => SEX_CODES.includes(text);
export const isEventKind = (text: string): text is EventKind =>
  (EVENT_KINDS as readonly string[]).includes(text);
export const isCitizenship = (text: string): boolean => CITIZENSHIP.test(text);
export const isCountry = (text: string): boolean => COUNTRY.test(text);

/** Whether `text` is a day of the calendar written as `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

// None of the values can hold a comma, a quote or a line break: that is checked before they get here.
export function contentLine(row: ContentRow): string {
  return `${row.recordId},${row.sex},${row.birthMonth},${row.citizenship},${row.countryOfBirth}\n`;
}

export function eventLine(row: EventRow): string {
  return `${row.recordId},${row.kind},${row.date},${row.country}\n`;
}

/**
 * Refusals of the fields of a row of `content.csv`, in the order of `CONTENT_HEADER`; empty when it is
 * good.
 */
export function refusalsOfContentFields(fields: readonly string[]): FieldRefusal[] {
  const [recordId, sex, birthMonth, citizenship, countryOfBirth] = fields;
  if (fields.length !== 5) return [{ field: '', reason: `expected 5 fields, got ${fields.length}` }];
  return [
    ...refuseUnless(RECORD_ID.test(recordId), 'record_id', 'expected 32 lower-case hex digits'),
    ...refuseUnless(isSexCode(sex), 'sex', `expected one of ${SEX_CODES.join(', ')}`),
    ...refuseUnless(MONTH.test(birthMonth), 'birth_month', 'expected YYYY-MM, YYYY or nothing'),
    ...refuseUnless(isCitizenship(citizenship), 'citizenship',
      'expected an ISO 3166-1 alpha-2 code, STLS, UNK or nothing'),
    ...refuseUnless(isCountry(countryOfBirth), 'country_of_birth',
      'expected an ISO 3166-1 alpha-2 code, UNK or nothing'),
  ];
}

/**
 * Refusals of the fields of a row of `events.csv`, in the order of `EVENTS_HEADER`; empty when it is good.
 */
export function refusalsOfEventFields(fields: readonly string[]): FieldRefusal[] {
  const [recordId, kind, date, country] = fields;
  if (fields.length !== 4) return [{ field: '', reason: `expected 4 fields, got ${fields.length}` }];
  return [
    ...refuseUnless(RECORD_ID.test(recordId), 'record_id', 'expected 32 lower-case hex digits'),
    ...refuseUnless(isEventKind(kind), 'kind', `expected one of ${EVENT_KINDS.join(', ')}`),
    ...refuseUnless(isIsoDate(date), 'date', 'expected a date as YYYY-MM-DD'),
    ...refuseUnless(isCountry(country), 'country', 'expected an ISO 3166-1 alpha-2 code, UNK or nothing'),
  ];
}

function refuseUnless(good: boolean, field: string, reason: string): FieldRefusal[] {
  return good ? [] : [{ field, reason }];
}
