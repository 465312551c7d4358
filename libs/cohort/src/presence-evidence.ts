import type { EventKind } from '#libs/record';
import { dayOf, type Day } from './calendar.js';
import { resolveContent, type PersonContent } from './content-precedence.js';
import type { CohortDefinition } from './definition.js';
import { clip, difference, union, type Interval } from './interval.js';
import type { PersonHistory, PersonRecord } from './person-history.js';
import type { Presence } from './residence.js';
import { TWELVE_OF_SIXTEEN_MONTHS, type Crossing } from './twelve-sixteen-month-rule.js';

const INFINITE = Number.POSITIVE_INFINITY;

/** A first registration of a native-born person in the first year of life is a birth registration. */
const BIRTH_REGISTRATION_DAYS = 366;

/** A record's papers follow an arrival within half a year, where crossings are missed. */
const PAPERS_FOLLOW_DAYS = 183;

/** Dated facts of one person, sorted by kind. */
interface Evidence {
  readonly registered: readonly Interval[];
  readonly permitted: readonly Interval[];
  readonly crossings: readonly Crossing[];
  readonly deregistrations: readonly Day[];
  readonly naturalisations: readonly Day[];
  /** Days on which the person was certainly dealt with in the country, whatever the border knows. */
  readonly signsOfLife: readonly Day[];
  readonly born: Day | undefined;
  readonly died: Day | undefined;
}

/**
 * Weighs the evidence of all registers into spells of presence, by the precedence of `residence.md`:
 * death ends everything; a dated absence at the border beats a registration or a permit; a
 * registration or permit beats silence at the border; a stay that only the border knows needs a dated end.
 */
export function presenceOf(history: PersonHistory, definition: CohortDefinition): Presence {
  const content = resolveContent(history, definition);
  const evidence = gather(history, definition);
  const known = dayOf(definition.observedUntil) + 1;
  const death = evidence.died ?? INFINITE;
  const died = death <= known;
  const birth = evidence.born ?? content.earliestBirth ?? -INFINITE;
  const claims = [...evidence.registered, ...permitsInUse(evidence)];
  const partial = definition.registers.some(({ coverage }) => coverage === 'partial');
  const seen = partial ? shortStaysBefore(evidence, claims) : borderStays(evidence, claims);
  const stays = [...claims, ...seen];
  const absences = borderAbsences(evidence).filter((absence) => !partial || isBorneOut(absence, evidence));
  const present = difference(stays, absences);
  const spells = clip(present, { from: birth, to: died ? death : INFINITE });
  return {
    spells,
    residentFromStart: spells.length > 0
      && startsWithResidence(spells[0], birth, evidence, content, definition),
    knownUntil: died ? death : known,
    died,
    intendsToStay: (arrival) => intendsToStay(arrival, evidence, content, definition),
    intendsToLeave: (departure) => evidence.deregistrations.some((day) => day >= departure && day < known),
  };
}

function gather(history: PersonHistory, definition: CohortDefinition): Evidence {
  const days = (kind: EventKind): Day[] => history.records.flatMap(({ events }) => daysOf(events, kind))
    .sort((a, b) => a - b);
  const population = history.records.filter((record) => isPopulationRecord(record, definition));
  return {
    registered: union(population.flatMap((record) => registrations(record, definition.homeCountry))),
    permitted: union(history.records.flatMap(permits)),
    crossings: crossings(days('arrived'), days('departed')),
    deregistrations: days('deregistered'),
    naturalisations: days('naturalised'),
    signsOfLife: [...days('registered'), ...days('permit-from'), ...days('naturalised')].sort((a, b) => a - b),
    born: days('born')[0],
    died: days('died')[0],
  };
}

function daysOf(events: PersonRecord['events'], kind: EventKind): Day[] {
  return events.filter((event) => event.kind === kind).map(({ date }) => dayOf(date));
}

/** A record of a population register, or any record that tells of a registration. */
function isPopulationRecord(record: PersonRecord, definition: CohortDefinition): boolean {
  const register = definition.registers.find(({ registerId }) => registerId === record.registerId);
  return register?.evidence === 'registration'
    || record.events.some(({ kind }) => kind === 'registered' || kind === 'deregistered');
}

/**
 * Registered intervals of one record. An end without a beginning, and a record without any dates, were
 * there before
 * the records begin; so was a first registration whose previous country is this one.
 * An end and a beginning on one day cancel out.
 */
function registrations(record: PersonRecord, homeCountry: string): Interval[] {
  const changes = record.events
    .filter(({ kind }) => kind === 'born' || kind === 'registered' || kind === 'deregistered')
    .map(({ kind, date, country }) => ({ day: dayOf(date), enters: kind !== 'deregistered', country, kind }))
    .sort((a, b) => a.day - b.day);
  const first = changes[0];
  const internal = first?.kind === 'registered' && first.country === homeCountry;
  let since: Day | undefined = first === undefined || !first.enters || internal ? -INFINITE : undefined;
  const intervals: Interval[] = [];
  for (let i = 0; i < changes.length; i += 1) {
    const { day, enters } = changes[i];
    const sameDay = changes.filter((change) => change.day === day);
    if (sameDay.some((change) => change.enters) && sameDay.some((change) => !change.enters)) continue;
    if (enters) {
      since ??= day;
    } else if (since !== undefined) {
      intervals.push({ from: since, to: day });
      since = undefined;
    }
  }
  return since === undefined ? intervals : [...intervals, { from: since, to: INFINITE }];
}

/** Validities of permits; `permit-until` is the last valid day. A beginning without an end is unlimited. */
function permits({ events }: PersonRecord): Interval[] {
  const starts = daysOf(events, 'permit-from').sort((a, b) => a - b);
  const ends = daysOf(events, 'permit-until').sort((a, b) => a - b);
  return starts.map((from) => {
    const last = ends.find((end) => end >= from);
    return { from, to: last === undefined ? INFINITE : last + 1 };
  });
}

/** Crossings in order; on one day an arrival after a departure, as a day trip abroad would have it. */
function crossings(arrivals: readonly Day[], departures: readonly Day[]): Crossing[] {
  const all: Crossing[] = [
    ...departures.map((day): Crossing => ({ day, direction: 'depart' })),
    ...arrivals.map((day): Crossing => ({ day, direction: 'arrive' })),
  ];
  return all.sort((a, b) => a.day - b.day);
}

/**
 * A permit lets a person come: where the first thing the border knows is an arrival, presence starts
 * there.
 */
function permitsInUse({ permitted, registered, crossings: all }: Evidence): Interval[] {
  const first = all[0];
  if (first?.direction !== 'arrive' || registered.some(({ from }) => from < first.day)) return [...permitted];
  const { day } = first;
  return permitted.map(({ from, to }) => ({ from: from < day && day < to ? day : from, to }));
}

/**
 * Stays that the border knows: up to the dated departure; where no departure is recorded, up to the
 * first claim
 * (registration or permit) that follows before the next arrival, else not at all, for the departure was
 * missed.
 */
function borderStays({ crossings: all }: Evidence, claims: readonly Interval[]): Interval[] {
  return all.flatMap(({ day, direction }, i) => {
    if (direction !== 'arrive') return [];
    const next = all.at(i + 1);
    if (next?.direction === 'depart') return [{ from: day, to: next.day }];
    const limit = next?.day ?? INFINITE;
    const claimed = claims.map(({ from }) => from).filter((from) => from > day && from <= limit);
    return claimed.length === 0 ? [] : [{ from: day, to: Math.min(...claimed) }];
  });
}

/**
 * Where crossings are missed, the border alone makes no stay: only the last arrival before a claim
 * counts, and only if
 * the papers followed it soon.
 */
function shortStaysBefore({ crossings: all }: Evidence, claims: readonly Interval[]): Interval[] {
  return claims.flatMap(({ from }) => {
    const before = all.findLast(({ day }) => day < from);
    const soon = before?.direction === 'arrive' && from - before.day <= PAPERS_FOLLOW_DAYS;
    return soon ? [{ from: before.day, to: from }] : [];
  });
}

/**
 * Where crossings are missed, a long absence counts only if other evidence bears it out: the person was
 * deregistered in its course, or let the last permit lapse and became no national.
 */
function isBorneOut({ from, to }: Interval, evidence: Evidence): boolean {
  const { thresholdDays } = TWELVE_OF_SIXTEEN_MONTHS;
  if (to - from < thresholdDays) return true;
  if (evidence.deregistrations.some((day) => day >= from && day <= to)) return true;
  const naturalised = evidence.naturalisations.some((day) => day <= to);
  const lapsed = evidence.permitted.some((permit) => permit.from < from)
    && !evidence.permitted.some((permit) => permit.to > from + thresholdDays && permit.from < to);
  return lapsed && !naturalised;
}

/**
 * Dated absences: from a departure to the arrival that follows it; an open one lasts to the next sign of
 * life. Two
 * departures in a row hide a return on an unknown day, so the first of them dates no absence.
 */
function borderAbsences({ crossings: all, signsOfLife }: Evidence): Interval[] {
  return all.flatMap(({ day, direction }, i) => {
    if (direction !== 'depart') return [];
    const next = all.at(i + 1);
    if (next?.direction === 'depart') return [];
    const sign = signsOfLife.find((candidate) => candidate > day);
    return [{ from: day, to: next?.day ?? sign ?? INFINITE }];
  });
}

/** Whether the first spell is the beginning of a life here, or older than the records, and not an arrival. */
function startsWithResidence(
  first: Interval, birth: Day, evidence: Evidence, content: PersonContent, definition: CohortDefinition,
): boolean {
  if (first.from === -INFINITE || evidence.born === first.from) return true;
  if (evidence.registered.some(({ from }) => from === -INFINITE) && first.from === birth) return true;
  const nativeBorn = content.countryOfBirth === definition.homeCountry;
  const bornBy = content.latestBirth;
  return nativeBorn && bornBy !== undefined && first.from <= bornBy + BIRTH_REGISTRATION_DAYS
    && !evidence.crossings.some(({ day, direction }) => direction === 'arrive' && day <= first.from);
}

/** A permit for the months ahead; or a registration, of those whose registration is taken as intention. */
function intendsToStay(
  arrival: Day, evidence: Evidence, content: PersonContent, definition: CohortDefinition,
): boolean {
  const months = TWELVE_OF_SIXTEEN_MONTHS.thresholdDays;
  const known = dayOf(definition.observedUntil);
  const needed = definition.durationCriterion === '12m' ? months : Math.ceil(months / 2);
  if (evidence.permitted.some(({ from, to }) => from <= known && to - arrival >= needed)) return true;
  const counts = definition.registrationShowsIntention === 'everybody'
    || content.citizenshipGroupAt(arrival) === 'NAT';
  return counts && evidence.registered.some(({ from, to }) => from <= known && to > arrival);
}
