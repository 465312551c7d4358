import { yearBounds, type Day } from './calendar.js';
import { union, type Interval } from './interval.js';
import {
  emigration, immigration, residencePeriods, usualResident,
  type DurationCriterion, type Presence, type ResidencePeriod,
} from './residence.js';

/** A stay in one country, from a day up to and without another; an open last one ends at Infinity. */
export interface CountrySpell extends Interval {
  readonly country: string;
}

/** A person whose whereabouts are fully known: for tests of the framework and for documented histories. */
export interface KnownPerson {
  readonly countryOfBirth: string;
  /** None: stateless. The reporting country's takes precedence over any other. */
  readonly citizenships: readonly string[];
  /** In order, each beginning where the one before ends. */
  readonly spells: readonly CountrySpell[];
}

/** How the United Nations' 2021 framework sees a person in a year. */
export interface MigrationClass {
  /** On the last day of the year before, and of the year: stocks that the flows of the year join. */
  readonly residentAtStart: boolean;
  readonly residentAtEnd: boolean;
  /** First migration of each direction within the year, or undefined. */
  readonly immigratedOn: Day | undefined;
  readonly emigratedOn: Day | undefined;
  readonly flow: 'IMMIGRANT' | 'EMIGRANT' | 'IMMIGRANT_AND_EMIGRANT' | null;
  /** Of immigrants, and of emigrants by citizenship alone; null without a flow. */
  readonly subtype: MigrantSubtype | null;
  /** `TEMPORARY`: in the country during the year and at no time a usual resident. */
  readonly population: 'RESIDENT' | 'TEMPORARY' | 'NONE';
  /** Of those resident at the end of the year: by birth, by citizenship, by having lived abroad. */
  readonly stock: readonly StockGroup[];
}

export type MigrantSubtype =
  | 'NATIONAL_FIRST' | 'NATIONAL_RETURNING' | 'FOREIGN_FIRST' | 'FOREIGN_RETURNING' | 'STATELESS'
  | 'NATIONAL' | 'FOREIGN';
export type StockGroup =
  | 'NATIVE_BORN' | 'FOREIGN_BORN' | 'NATIONAL' | 'FOREIGN_CITIZEN' | 'STATELESS' | 'EVER_LIVED_ABROAD';

/**
 * Classifies a person of known whereabouts for a year.
 * Source: United Nations, conceptual framework on international migration and mobility (2021): residence
 * changes with the duration criterion; flows are changes of residence; stocks are by birth and by
 * citizenship.
 */
export function classifyMigration(
  person: KnownPerson, homeCountry: string, year: number, criterion: DurationCriterion,
): MigrationClass {
  const { first, last } = yearBounds(year);
  const periods = residencePeriods(presenceOfSpells(person, homeCountry), criterion);
  const arrival = immigration(periods, first, last);
  const departure = emigration(periods, first, last);
  const residentAtEnd = usualResident(periods, last);
  const overlaps = (interval: Interval): boolean => interval.from <= last && interval.to > first;
  const present = person.spells.some((spell) => spell.country === homeCountry && overlaps(spell));
  return {
    residentAtStart: usualResident(periods, first - 1),
    residentAtEnd,
    immigratedOn: arrival?.from,
    emigratedOn: departure?.to,
    flow: flowOf(arrival !== undefined, departure !== undefined),
    subtype: subtypeOf(person, homeCountry, periods, arrival, departure),
    population: periods.some(overlaps) ? 'RESIDENT' : present ? 'TEMPORARY' : 'NONE',
    stock: residentAtEnd ? stockOf(person, homeCountry, periods, last) : [],
  };
}

function presenceOfSpells(person: KnownPerson, homeCountry: string): Presence {
  const spells = union(person.spells.filter(({ country }) => country === homeCountry));
  return {
    spells,
    residentFromStart: spells.length > 0 && spells[0].from === person.spells[0].from,
    knownUntil: Number.POSITIVE_INFINITY,
    died: false,
    intendsToStay: () => true,
    intendsToLeave: () => true,
  };
}

function flowOf(arrived: boolean, departed: boolean): MigrationClass['flow'] {
  if (arrived && departed) return 'IMMIGRANT_AND_EMIGRANT';
  if (arrived) return 'IMMIGRANT';
  return departed ? 'EMIGRANT' : null;
}

function citizenshipOf(person: KnownPerson, homeCountry: string): 'NATIONAL' | 'FOREIGN' | 'STATELESS' {
  if (person.citizenships.includes(homeCountry)) return 'NATIONAL';
  return person.citizenships.length === 0 ? 'STATELESS' : 'FOREIGN';
}

function subtypeOf(
  person: KnownPerson, homeCountry: string, periods: readonly ResidencePeriod[],
  arrival: ResidencePeriod | undefined, departure: ResidencePeriod | undefined,
): MigrantSubtype | null {
  if (arrival === undefined && departure === undefined) return null;
  const citizenship = citizenshipOf(person, homeCountry);
  if (citizenship === 'STATELESS' || arrival === undefined) return citizenship;
  const returning = person.countryOfBirth === homeCountry || periods.some(({ from }) => from < arrival.from);
  return `${citizenship}_${returning ? 'RETURNING' : 'FIRST'}`;
}

function stockOf(
  person: KnownPerson, homeCountry: string, periods: readonly ResidencePeriod[], day: Day,
): StockGroup[] {
  const native = person.countryOfBirth === homeCountry;
  const citizenship = citizenshipOf(person, homeCountry);
  const livedAbroad = !native || periods.some(({ begun, from }) => begun === 'arrival' && from <= day);
  return [
    native ? 'NATIVE_BORN' : 'FOREIGN_BORN',
    citizenship === 'FOREIGN' ? 'FOREIGN_CITIZEN' : citizenship,
    ...(livedAbroad ? ['EVER_LIVED_ABROAD' as const] : []),
  ];
}
