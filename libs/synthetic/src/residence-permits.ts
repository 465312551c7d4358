import { addYears, type Day } from './calendar.js';
import { passportOn } from './documents.js';
import { HOME_COUNTRY, ORIGINS } from './origins.js';
import { citizenshipsAt, periodAt, spellsIn, type Person, type Spell } from './person.js';
import { randomStream, type RandomStream } from './random.js';
import { heldOrEmpty, nameDayOf, writeBirthDate, writeName, writeSex } from './record-errors.js';
import { recordEvent, type RecordIdSequence, type RegisterRecord } from './register-record.js';
import { COVERAGE, ERROR_RATES, REFERENCE_DATE, WINDOW_START } from './settings.js';

const RATES = ERROR_RATES['residence-permits'];
const SHARES = COVERAGE.permits;

/** Validity of one permit; `until` null where it runs past the reference date. */
interface Validity {
  readonly from: Day;
  readonly until: Day | null;
}

/**
 * One record for each permit that was valid inside the window: of foreign citizens while they live in the
 * country.
 */
export function permitRecords(seed: number, person: Person, ids: RecordIdSequence): RegisterRecord[] {
  const random = randomStream(seed, 'residencePermits', person.number);
  const records: RegisterRecord[] = [];
  for (const spell of spellsIn(person, HOME_COUNTRY)) {
    if (citizenshipsAt(person, spell.from).includes(HOME_COUNTRY)) continue;
    for (const validity of validities(random, person, spell)) {
      const copied = random.chance(SHARES.copiedRenewal);
      const previous = records[records.length - 1];
      const fresh = writePermit(seed, random, person, validity, ids.take());
      records.push(copied && previous !== undefined ? copyOf(previous, fresh) : fresh);
    }
  }
  return records;
}

function validities(random: RandomStream, person: Person, spell: Spell): Validity[] {
  const origin = ORIGINS.find((candidate) => candidate.country === person.originCountry);
  const stay = (spell.until ?? REFERENCE_DATE + 1) - spell.from;
  const usual = origin?.freeMovement === true ? SHARES.freeMovement : SHARES.nonFreeMovement;
  const share = stay < 365 && spell.until !== null ? Math.min(usual, SHARES.shortStay) : usual;
  const holds = random.chance(share);
  const delay = random.between(...SHARES.delay);
  const never = REFERENCE_DATE + 1;
  const last = Math.min(spell.until ?? never, person.naturalised ?? never);
  const found: Validity[] = [];
  let from = spell.from + delay;
  for (let i = 0; holds && from < last; i++) {
    const end = addYears(from, SHARES.years[Math.min(i, SHARES.years.length - 1)]) - 1;
    // Who leaves does not hand the permit back: it ends on its own day. Naturalisation withdraws it.
    const until = person.naturalised !== null && end >= person.naturalised ? person.naturalised : end;
    if (until >= WINDOW_START) found.push({ from, until: until > REFERENCE_DATE ? null : until });
    from = end + 1;
  }
  return found;
}

function writePermit(
  seed: number, random: RandomStream, person: Person, validity: Validity, recordId: string,
): RegisterRecord {
  const nameDay = nameDayOf(random, validity.from, person, RATES);
  const citizenship = citizenshipsAt(person, validity.from)[0];
  const passport = passportOn(seed, person, citizenship, validity.from, nameDay);
  const written = writeName(random, passport.name, person, RATES, (finished) => finished);
  const place = periodAt(person.addresses, validity.from)!.place;
  const withAddress = random.chance(0.85);
  return {
    registerId: 'residence-permits',
    recordId,
    givenNames: written.given,
    familyName: written.family,
    birthDate: writeBirthDate(random, person, RATES, false),
    sex: writeSex(random, person, RATES),
    countryOfBirth: heldOrEmpty(random, person.countryOfBirth, RATES.countryOfBirthMissing),
    citizenship: heldOrEmpty(random, citizenship, RATES.citizenshipMissing),
    locality: withAddress ? place.locality : '',
    postalCode: withAddress ? place.postalCode : '',
    street: withAddress ? place.street : '',
    documentNumber: heldOrEmpty(random, passport.number, 0.1),
    events: [
      recordEvent('permit-from', validity.from),
      ...(validity.until === null ? [] : [recordEvent('permit-until', validity.until)]),
    ],
  };
}

/**
 * A renewal from the file: who the person is comes from the last permit, where the person lives is asked
 * again.
 */
function copyOf(previous: RegisterRecord, fresh: RegisterRecord): RegisterRecord {
  const { recordId, locality, postalCode, street, documentNumber, events } = fresh;
  return { ...previous, recordId, locality, postalCode, street, documentNumber, events };
}
