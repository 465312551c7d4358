import type { ContentRow, SexCode } from '#libs/record';
import { dayOf, type Day } from './calendar.js';
import type { CohortDefinition } from './definition.js';
import type { PersonHistory } from './person-history.js';

/** National, foreign, stateless, undetermined. */
export type CitizenshipGroup = 'NAT' | 'FOR' | 'STLS' | 'UNK';

/** One person's content, agreed between registers. */
export interface PersonContent {
  readonly sex: SexCode;
  /** `YYYY-MM`, `YYYY` or empty. */
  readonly birthMonth: string;
  /** First and last day on which the person can have been born; undefined where nothing is known. */
  readonly earliestBirth: Day | undefined;
  readonly latestBirth: Day | undefined;
  /** ISO 3166-1 alpha-2, `UNK` or empty. */
  readonly countryOfBirth: string;
  readonly citizenshipGroupAt: (day: Day) => CitizenshipGroup;
}

type Field = keyof Omit<ContentRow, 'recordId'>;

/** Values that say that nothing is known; they never beat a register of lower precedence that knows. */
const UNDETERMINED: Readonly<Record<Field, readonly string[]>> = {
  sex: ['_U', '_N', ''], birthMonth: [''], citizenship: ['UNK', ''], countryOfBirth: ['UNK', ''],
};

/**
 * Resolves the content of one entity. The registers are asked in the definition's order, those it does
 * not list last
 * and by name; the first that holds a determined value answers. Inside a register the more
 * precise birth month, then the value of most records, then the smaller code wins, so that no order of
 * delivery matters. Where nobody knows, an explicit "unknown" beats silence.
 */
export function resolveContent(history: PersonHistory, definition: CohortDefinition): PersonContent {
  const birthMonth = resolve(history, definition, 'birthMonth');
  const birth = birthDays(birthMonth);
  const citizenships = ranked(history, definition, 'citizenship');
  const naturalised = history.records.flatMap(({ events }) => events)
    .filter(({ kind }) => kind === 'naturalised').map(({ date }) => dayOf(date)).sort((a, b) => a - b)[0];
  return {
    sex: (resolve(history, definition, 'sex') || '_U') as SexCode,
    birthMonth,
    earliestBirth: birth?.first,
    latestBirth: birth?.last,
    countryOfBirth: resolve(history, definition, 'countryOfBirth'),
    citizenshipGroupAt: (day) => citizenshipGroup(citizenships, naturalised, day, definition.homeCountry),
  };
}

/**
 * Group on a day. From the day of naturalisation the person is a national, whatever a register has not yet
 * noted; before it not, whatever a later extract shows: then the first other citizenship that a register
 * holds counts, or none is known. A person with several citizenships is a national if one of them is
 * this country's; a register delivers that one.
 */
function citizenshipGroup(
  citizenships: readonly string[], naturalised: Day | undefined, day: Day, homeCountry: string,
): CitizenshipGroup {
  if (naturalised !== undefined && day >= naturalised) return 'NAT';
  const held = naturalised === undefined
    ? citizenships[0] : citizenships.find((citizenship) => citizenship !== homeCountry);
  if (held === undefined || UNDETERMINED.citizenship.includes(held)) return 'UNK';
  if (held === 'STLS') return 'STLS';
  return held === homeCountry ? 'NAT' : 'FOR';
}

function resolve(history: PersonHistory, definition: CohortDefinition, field: Field): string {
  return ranked(history, definition, field)[0] ?? '';
}

/** All values of a field, best first, each once; determined ones before undetermined ones. */
function ranked(history: PersonHistory, definition: CohortDefinition, field: Field): string[] {
  const rank = new Map(definition.registers.map(({ registerId }, i) => [registerId, i]));
  const votes = new Map<string, { value: string; registerId: string; records: number }>();
  for (const { registerId, content } of history.records) {
    const value = content[field];
    const key = JSON.stringify([registerId, value]);
    const vote = votes.get(key) ?? { value, registerId, records: 0 };
    vote.records += 1;
    votes.set(key, vote);
  }
  const determined = (value: string): number => {
    if (UNDETERMINED[field].includes(value)) return value === '' ? 2 : 1;
    return 0;
  };
  const sorted = [...votes.values()].sort((a, b) => determined(a.value) - determined(b.value)
    || (rank.get(a.registerId) ?? rank.size) - (rank.get(b.registerId) ?? rank.size)
    || compareText(a.registerId, b.registerId)
    || (field === 'birthMonth' ? b.value.length - a.value.length : 0)
    || b.records - a.records
    || compareText(a.value, b.value));
  return [...new Set(sorted.map(({ value }) => value))];
}

/** By code units: a locale's order would differ between machines. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function birthDays(birthMonth: string): { first: Day; last: Day } | undefined {
  if (birthMonth === '') return undefined;
  const [year, month] = birthMonth.split('-');
  const first = dayOf(`${year}-${month ?? '01'}-01`);
  const next = month === undefined || month === '12'
    ? `${String(Number(year) + 1).padStart(4, '0')}-01-01`
    : `${year}-${String(Number(month) + 1).padStart(2, '0')}-01`;
  return { first, last: dayOf(next) - 1 };
}
