import type { Day } from './calendar.js';
import { nameCulture } from './name-cultures.js';
import { periodAt, type Person } from './person.js';
import { randomStream } from './random.js';
import { romanise, type Romanisation } from './romanisation.js';
import { EARLIER_PASSPORT_SHARE, PASSPORT_RESPELLED, PASSPORT_YEARS } from './settings.js';

/** A name in Latin letters, diacritics kept, in parts. */
export interface LatinName {
  readonly given: readonly string[];
  readonly family: readonly string[];
}

export interface Passport {
  /** ISO 3166-1 alpha-2 of the issuing state. */
  readonly country: string;
  readonly number: string;
  readonly name: LatinName;
}

/** Streams of spellings start here, those of passports below. */
const SPELLING_KEYS = 1000;

/**
 * The person's name of a day in Latin letters.
 *
 * @param spelling 0 is the spelling that the family's papers mostly have; other numbers are other clerks'
 *   ears. A family shares the spelling of its surname.
 */
export function latinName(
  seed: number, person: Person, nameDay: Day, system: Romanisation, spelling: number,
): LatinName {
  const { id, script } = nameCulture(person.culture);
  const surnames = randomStream(seed, 'document', SPELLING_KEYS + spelling, person.household, 0);
  const givens = randomStream(seed, 'document', SPELLING_KEYS + spelling, person.number, 1);
  const family = periodAt(person.familyNames, nameDay)!.parts;
  return {
    family: family.map((part) => romanise(part, id, script, system, true, surnames)),
    given: person.givenNames.map((part) => romanise(part, id, script, system, true, givens)),
  };
}

/**
 * The passport of one of the person's citizenships that is valid on `day`. Passports are renewed every
 * PASSPORT_YEARS with a new number and now and then a new spelling.
 *
 * @param nameDay day of the name that it holds: an old one where a change was not yet entered.
 */
export function passportOn(seed: number, person: Person, country: string, day: Day, nameDay: Day): Passport {
  const term = Math.round(PASSPORT_YEARS * 365.2425);
  const code = country.charCodeAt(0) * 256 + country.charCodeAt(1);
  const holder = randomStream(seed, 'document', person.number, code);
  const earlier = holder.chance(EARLIER_PASSPORT_SHARE);
  const issue = Math.floor((day + holder.below(term)) / term);
  const booklet = randomStream(seed, 'document', person.number, code, issue);
  const respelled = booklet.chance(PASSPORT_RESPELLED);
  const system: Romanisation = earlier !== respelled ? 'earlier-passport' : 'passport';
  const letters = 'ABCDEFGHJKLMNPRTUVWXYZ';
  const number = letters[booklet.below(letters.length)] + letters[booklet.below(letters.length)]
    + String(booklet.below(10_000_000)).padStart(7, '0');
  return { country, number, name: latinName(seed, person, nameDay, system, respelled ? 1 + issue : 0) };
}
