import { isoDate } from './calendar.js';
import { HOME_COUNTRY } from './origins.js';
import type { Person } from './person.js';
import type { RegisterId, RegisterRecord } from './register-record.js';
import { ERROR_RATES, REFERENCE_DATE } from './settings.js';
import { synthesize, type SyntheticPerson } from './synthesize.js';

const PEOPLE = 5000;
const country: SyntheticPerson[] = [...synthesize({ people: PEOPLE, seed: 20 })];
const residents = country.filter(({ person }) => person.death === null
  && person.spells[person.spells.length - 1].country === HOME_COUNTRY);

const recordsOf = (registerId: RegisterId): RegisterRecord[] =>
  country.flatMap((entry) => entry.records.filter((record) => record.registerId === registerId));

/** Registered at the reference date, as the register sees it. */
function active({ records }: SyntheticPerson): boolean {
  const flow = records.find((record) => record.registerId === 'population-register')?.events
    .filter((event) => /^(registered|deregistered|died)$/u.test(event.kind)) ?? [];
  return flow[flow.length - 1]?.kind === 'registered';
}
const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length;
const foreignBorn = ({ person }: SyntheticPerson): boolean => person.countryOfBirth !== HOME_COUNTRY;

describe('a country of 5,000 people', () => {
  it('has the stated number of records and of migrants', () => {
    expect(share(recordsOf('population-register'), country)).toBeGreaterThan(0.9);
    expect(share(recordsOf('population-register'), country)).toBeLessThan(0.97);
    expect(share(recordsOf('residence-permits'), country)).toBeGreaterThan(0.2);
    expect(share(recordsOf('residence-permits'), country)).toBeLessThan(0.4);
    expect(share(recordsOf('border-crossings'), country)).toBeGreaterThan(0.6);
    expect(share(recordsOf('border-crossings'), country)).toBeLessThan(1.2);
    expect(share(residents.filter(foreignBorn), residents)).toBeGreaterThan(0.14);
    expect(share(residents.filter(foreignBorn), residents)).toBeLessThan(0.24);
    expect(new Set(country.map(({ person }) => person.originCountry)).size).toBeGreaterThanOrEqual(13);
  });

  it('misses young foreign men more than the rest, and keeps some who have left', () => {
    const missing = (people: readonly SyntheticPerson[]): number =>
      share(people.filter((entry) => !active(entry)), people);
    const youngMen = residents.filter((entry) => foreignBorn(entry) && entry.person.sex === 'M'
      && isoDate(entry.person.birth) > '1988');
    expect(missing(residents)).toBeGreaterThan(0.004);
    expect(missing(residents)).toBeLessThan(0.03);
    expect(missing(youngMen)).toBeGreaterThan(2 * missing(residents));
    const resident = new Set<Person>(residents.map(({ person }) => person));
    const registered = country.filter(active);
    const overCoverage = share(registered.filter(({ person }) => !resident.has(person)), registered);
    expect(overCoverage).toBeGreaterThan(0.005);
    expect(overCoverage).toBeLessThan(0.03);
  });

  it('holds visitors whom only the border register knows', () => {
    const visitors = country.filter(({ person }) => person.spells.every(
      (spell) => spell.country !== HOME_COUNTRY));
    expect(share(visitors, country)).toBeGreaterThan(0.015);
    expect(share(visitors, country)).toBeLessThan(0.07);
    const elsewhere = visitors.flatMap((entry) => entry.records)
      .filter((record) => record.registerId !== 'border-crossings');
    expect(elsewhere).toEqual([]);
  });

  it('errs at the stated rates', () => {
    const people = new Map(country.flatMap((entry) => entry.records.map((record) => [record, entry.person])));
    for (const registerId of ['population-register', 'border-crossings'] as const) {
      const records = recordsOf(registerId);
      const rates = ERROR_RATES[registerId];
      const rate = (test: (record: RegisterRecord, person: Person) => boolean): number =>
        share(records.filter((record) => test(record, people.get(record)!)), records);
      expect(rate((record, person) => record.sex !== person.sex)).toBeLessThan(4 * rates.sexWrong);
      expect(rate((record) => record.countryOfBirth === '')).toBeCloseTo(rates.countryOfBirthMissing, 1);
      // Dates differ by a digit, a swap, a missing part, or because nobody knows the day.
      const dateErrors = rate((record, person) => record.birthDate !== isoDate(person.birth));
      expect(dateErrors).toBeGreaterThan(rates.birthDigit);
      expect(dateErrors).toBeLessThan(0.04);
    }
  });

  it('has few namesakes, and hardly any with the same date of birth', () => {
    const repeated = (key: (person: Person) => string): number => {
      const counts = new Map<string, number>();
      for (const { person } of country) counts.set(key(person), (counts.get(key(person)) ?? 0) + 1);
      return share(country.filter(({ person }) => counts.get(key(person))! > 1), country);
    };
    const name = (person: Person): string => `${person.givenNames[0]} ${person.familyNames[0].parts.join(' ')}`;
    expect(repeated(name)).toBeGreaterThan(0.001);
    expect(repeated(name)).toBeLessThan(0.02);
    expect(repeated((person) => `${name(person)} ${person.birth}`)).toBeLessThan(0.0009);
    const familyNames = new Set(country.map(({ person }) => person.familyNames[0].parts.join(' ')));
    expect(familyNames.size).toBeGreaterThan(1500);
  });

  it('ends on the reference date', () => {
    const last = country.flatMap((entry) => entry.records.flatMap((record) => record.events))
      .reduce((latest, event) => (event.date > latest ? event.date : latest), '');
    expect(last <= isoDate(REFERENCE_DATE)).toBe(true);
    expect(last >= '2025-12-20').toBe(true);
  });
});
