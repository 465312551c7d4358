import type { Day } from './calendar.js';
import type { NameCultureId, Sex } from './name-cultures.js';
import type { Place } from './places.js';

/** Residence in one country, half open: from the first day, until the day after the last. */
export interface Spell {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly from: Day;
  /** `null`: still there at the reference date (and alive). */
  readonly until: Day | null;
}

/** Residence begins in `country` on `day`. */
export interface Move {
  readonly day: Day;
  readonly country: string;
}

/** A journey that changes no residence: across the border on `out`, back across it on `back`. */
export interface Trip {
  readonly country: string;
  readonly out: Day;
  readonly back: Day;
}

/** A family name, in parts (two for Spanish and Portuguese names), held from a day on. Own script. */
export interface FamilyNamePeriod {
  readonly from: Day;
  readonly parts: readonly string[];
}

export interface CitizenshipPeriod {
  readonly country: string;
  readonly from: Day;
  readonly until: Day | null;
}

export interface AddressPeriod {
  readonly from: Day;
  readonly place: Place;
}

/**
 * The truth about one person. Days are days since 1970-01-01; names are in the script of the person's
 * culture.
 */
export interface Person {
  /** 0-based, in order of generation; the same person at every scale. */
  readonly number: number;
  /** 0-based number of the family. */
  readonly household: number;
  readonly sex: Sex;
  readonly birth: Day;
  readonly death: Day | null;
  readonly countryOfBirth: string;
  readonly culture: NameCultureId;
  /** Country that the family comes from (HOME_COUNTRY for natives). */
  readonly originCountry: string;
  /** All documents say 1 January, because nobody knows the day. */
  readonly birthdayUnknown: boolean;
  readonly givenNames: readonly string[];
  /** Sorted by day; the first is held from birth. */
  readonly familyNames: readonly FamilyNamePeriod[];
  readonly citizenships: readonly CitizenshipPeriod[];
  readonly naturalised: Day | null;
  /** From birth to death or the reference date, without gaps. */
  readonly spells: readonly Spell[];
  /** Sorted by day, apart from each other, within the window. Visits to the country for visitors. */
  readonly trips: readonly Trip[];
  /** Addresses in the country; empty for visitors. */
  readonly addresses: readonly AddressPeriod[];
}

/** Last element whose `from` is not after the day; the first one where there is none. */
export function periodAt<T extends { readonly from: Day }>(periods: readonly T[], day: Day): T | undefined {
  let found = periods[0];
  for (const period of periods) if (period.from <= day) found = period;
  return found;
}

/** Citizenships held on a day, in order of acquisition. */
export function citizenshipsAt(person: Person, day: Day): string[] {
  return person.citizenships
    .filter((held) => held.from <= day && (held.until === null || held.until > day))
    .map((held) => held.country);
}

/** Spells in the given country, in order. */
export function spellsIn(person: Person, country: string): Spell[] {
  return person.spells.filter((spell) => spell.country === country);
}

/** The stable name of a person in the truth files. */
export function personId(number: number): string {
  return `V${String(number + 1).padStart(8, '0')}`;
}
