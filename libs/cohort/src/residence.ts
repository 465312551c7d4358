import type { Day } from './calendar.js';
import type { Interval } from './interval.js';
import {
  SIX_MONTHS_AND_A_DAY, TWELVE_OF_SIXTEEN_MONTHS, weighCrossing,
  type Crossing, type DurationRule,
} from './twelve-sixteen-month-rule.js';

/** The two duration criteria of the United Nations' 2021 framework of international migration. */
export const DURATION_CRITERIA = {
  '12m': TWELVE_OF_SIXTEEN_MONTHS,
  '6m1d': SIX_MONTHS_AND_A_DAY,
} as const satisfies Record<string, DurationRule>;
export type DurationCriterion = keyof typeof DURATION_CRITERIA;

/** When a person was in the country, and what is known of the person's intentions. */
export interface Presence {
  /** Disjoint, in order, none touching the next. Days of presence; the last may be open (`to` Infinity). */
  readonly spells: readonly Interval[];
  /** Whether the first spell begins with residence: born here, or here since before the records begin. */
  readonly residentFromStart: boolean;
  /** First day that nothing is known about any more: day after the freeze of the registers, or of death. */
  readonly knownUntil: Day;
  /** Whether the person died on `knownUntil`: then the last residence ends there. */
  readonly died: boolean;
  /**
   * Where the outcome of an arrival or a departure lies beyond `knownUntil`: does other evidence say it
   * lasts?
   */
  readonly intendsToStay: (arrival: Day) => boolean;
  readonly intendsToLeave: (departure: Day) => boolean;
}

/** A period of usual residence: from the day of arrival up to and without the day of departure. */
export interface ResidencePeriod extends Interval {
  /** `start`: resident from the start of the records or from birth. */
  readonly begun: 'start' | 'arrival';
  readonly ended: 'departure' | 'death' | 'open';
}

/**
 * Periods of usual residence of one person, in order and disjoint. `residence.md` beside this file states the
 * rule and why it is this one.
 *
 * An arrival of a non-resident begins a period, and a departure of a resident ends it, when the person
 * then spends
 * the criterion's threshold on the new side within its window; one whose outcome is not yet certain counts
 * when the evidence of intention says so. All else is temporary absence or temporary presence.
 */
export function residencePeriods(presence: Presence, criterion: DurationCriterion): ResidencePeriod[] {
  const rule = DURATION_CRITERIA[criterion];
  const first = presence.spells[0];
  if (first === undefined) return [];
  const crossings = crossingsOf(presence);
  const periods: ResidencePeriod[] = [];
  let open: Pick<ResidencePeriod, 'from' | 'begun'> | undefined = presence.residentFromStart
    ? { from: first.from, begun: 'start' } : undefined;
  crossings.forEach(({ day, direction }, i) => {
    if ((direction === 'arrive') === (open !== undefined)) return;
    if (!isMigration(presence, crossings, i, rule)) return;
    if (open === undefined) {
      open = { from: day, begun: 'arrival' };
    } else {
      periods.push({ ...open, to: day, ended: 'departure' });
      open = undefined;
    }
  });
  if (open !== undefined) {
    const end = presence.died ? presence.knownUntil : Number.POSITIVE_INFINITY;
    periods.push({ ...open, to: end, ended: presence.died ? 'death' : 'open' });
  }
  return periods.filter(({ from, to }) => to > from);
}

/** Whether the person is a usual resident on the day; `periods` as `residencePeriods` gives them. */
export function usualResident(periods: readonly Interval[], day: Day): boolean {
  return periods.some(({ from, to }) => from <= day && day < to);
}

/** The first arrival inside `first..last` (both included) that made the person a usual resident. */
export function immigration(
  periods: readonly ResidencePeriod[], first: Day, last: Day,
): ResidencePeriod | undefined {
  return periods.find(({ begun, from }) => begun === 'arrival' && from >= first && from <= last);
}

/** The first departure inside `first..last` (both included) that ended usual residence. */
export function emigration(
  periods: readonly ResidencePeriod[], first: Day, last: Day,
): ResidencePeriod | undefined {
  return periods.find(({ ended, to }) => ended === 'departure' && to >= first && to <= last);
}

function crossingsOf(presence: Presence): Crossing[] {
  const crossings: Crossing[] = [];
  presence.spells.forEach(({ from, to }, i) => {
    if (i > 0 || !presence.residentFromStart) crossings.push({ day: from, direction: 'arrive' });
    crossings.push({ day: to, direction: 'depart' });
  });
  return crossings.filter(({ day }) => day < presence.knownUntil);
}

function isMigration(
  presence: Presence, crossings: readonly Crossing[], index: number, rule: DurationRule,
): boolean {
  const { migrates, decidedOn } = weighCrossing(crossings, index, rule);
  if (!migrates || decidedOn <= presence.knownUntil) return migrates;
  const { day, direction } = crossings[index];
  return direction === 'arrive' ? presence.intendsToStay(day) : presence.intendsToLeave(day);
}
