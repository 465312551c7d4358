import type { Day } from './calendar.js';
import { passportOn, type Passport } from './documents.js';
import { fitNameField, machineReadable } from './machine-readable-zone.js';
import { HOME_COUNTRY, ORIGINS } from './origins.js';
import { citizenshipsAt, type Person } from './person.js';
import { randomStream, type RandomStream } from './random.js';
import { heldOrEmpty, nameDayOf, writeBirthDate, writeName, writeSex } from './record-errors.js';
import { recordEvent, type RecordIdSequence, type RegisterRecord } from './register-record.js';
import { COVERAGE, DEMOGRAPHY, ERROR_RATES, REFERENCE_DATE, WINDOW_START } from './settings.js';

const RATES = ERROR_RATES['border-crossings'];

interface Crossing {
  readonly kind: 'arrived' | 'departed';
  readonly day: Day;
  /** Where from, or where to. */
  readonly country: string;
}

/** One record for each crossing that was recorded: the travel document as the reader saw it. */
export function crossingRecords(seed: number, person: Person, ids: RecordIdSequence): RegisterRecord[] {
  const random = randomStream(seed, 'borderCrossings', person.number);
  const twoPassports = random.chance(DEMOGRAPHY.twoPassportsShare);
  const records: RegisterRecord[] = [];
  for (const crossing of crossingsOf(person)) {
    const citizenship = documentFor(random, person, crossing.day, twoPassports);
    if (!random.chance(recordedShare(citizenship))) continue;
    const nameDay = nameDayOf(random, crossing.day, person, RATES);
    const passport = passportOn(seed, person, citizenship, crossing.day, nameDay);
    records.push(readDocument(random, person, passport, crossing, ids.take()));
  }
  return records;
}

/** Every crossing inside the window, in order of date: moves across the border, trips, visits. */
export function crossingsOf(person: Person): Crossing[] {
  const crossings: Crossing[] = [];
  person.spells.forEach((spell, i) => {
    const previous = person.spells[i - 1];
    if (previous === undefined) return;
    if (spell.country === HOME_COUNTRY) crossings.push({ kind: 'arrived', day: spell.from, country: previous.country });
    else if (previous.country === HOME_COUNTRY) {
      crossings.push({ kind: 'departed', day: spell.from, country: spell.country });
    }
  });
  for (const trip of person.trips) {
    const resident = person.spells.some((spell) => spell.country === HOME_COUNTRY
      && spell.from <= trip.out && (spell.until === null || spell.until > trip.back));
    crossings.push({ kind: resident ? 'departed' : 'arrived', day: trip.out, country: trip.country });
    crossings.push({ kind: resident ? 'arrived' : 'departed', day: trip.back, country: trip.country });
  }
  return crossings.filter((crossing) => crossing.day >= WINDOW_START && crossing.day <= REFERENCE_DATE)
    .sort((a, b) => a.day - b.day);
}

/** Citizens of two countries show one passport or the other. */
function documentFor(random: RandomStream, person: Person, day: Day, twoPassports: boolean): string {
  const held = citizenshipsAt(person, day);
  const drawn = held[random.below(held.length)];
  return twoPassports || !held.includes(HOME_COUNTRY) ? drawn : HOME_COUNTRY;
}

function recordedShare(citizenship: string): number {
  if (citizenship === HOME_COUNTRY) return COVERAGE.borders.home;
  const origin = ORIGINS.find((candidate) => candidate.country === citizenship);
  return origin?.freeMovement === true ? COVERAGE.borders.freeMovement : COVERAGE.borders.others;
}

function readDocument(
  random: RandomStream, person: Person, passport: Passport, crossing: Crossing, recordId: string,
): RegisterRecord {
  const custom = passport.country === HOME_COUNTRY ? 'german' : person.culture;
  const written = writeName(random, passport.name, person, RATES, ({ given, family }) => fitNameField(
    machineReadable(family, custom), machineReadable(given, custom)));
  return {
    registerId: 'border-crossings',
    recordId,
    givenNames: written.given,
    familyName: written.family,
    birthDate: writeBirthDate(random, person, RATES, true),
    sex: writeSex(random, person, RATES),
    countryOfBirth: heldOrEmpty(random, person.countryOfBirth, RATES.countryOfBirthMissing),
    citizenship: heldOrEmpty(random, passport.country, RATES.citizenshipMissing),
    locality: '',
    postalCode: '',
    street: '',
    documentNumber: passport.number,
    events: [recordEvent(crossing.kind, crossing.day, crossing.country)],
  };
}
