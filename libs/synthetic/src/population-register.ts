import { ageAt, type Day } from './calendar.js';
import { latinName } from './documents.js';
import { HOME_COUNTRY } from './origins.js';
import { citizenshipsAt, periodAt, type Person, type Spell } from './person.js';
import { randomStream, type RandomStream } from './random.js';
import { heldOrEmpty, nameDayOf, writeBirthDate, writeName, writeSex } from './record-errors.js';
import { recordEvent, type RecordEvent, type RecordIdSequence, type RegisterRecord } from './register-record.js';
import { COVERAGE, ERROR_RATES, REFERENCE_DATE } from './settings.js';

const RATES = ERROR_RATES['population-register'];
const SHARES = COVERAGE.population;
const SHORTEST_STAY = 90;
const USUAL_STAY = 365;

/** The person's one record, or null where the register has never heard of the person. */
export function populationRecord(seed: number, person: Person, ids: RecordIdSequence): RegisterRecord | null {
  const random = randomStream(seed, 'populationRegister', person.number);
  const events = new RegistrationHistory(random, person).tell();
  if (events.length === 0) return null;
  const day = person.death === null ? REFERENCE_DATE : person.death - 1;
  const other = random.chance(RATES.otherRomanisation);
  const byEar = random.chance(RATES.spelledByEar);
  const system = other ? (random.chance(0.4) ? 'local' : 'earlier-passport') : 'passport';
  const name = latinName(seed, person, nameDayOf(random, day, person, RATES), system, byEar ? 500 : 0);
  const written = writeName(random, name, person, RATES, (finished) => finished);
  const held = citizenshipsAt(person, day);
  const citizenship = held.includes(HOME_COUNTRY) ? HOME_COUNTRY : held[0];
  const place = periodAt(person.addresses, day)!.place;
  return {
    registerId: 'population-register',
    recordId: ids.take(),
    givenNames: written.given,
    familyName: written.family,
    birthDate: writeBirthDate(random, person, RATES, false),
    sex: writeSex(random, person, RATES),
    countryOfBirth: heldOrEmpty(random, person.countryOfBirth, RATES.countryOfBirthMissing),
    citizenship: heldOrEmpty(random, citizenship, RATES.citizenshipMissing),
    ...place,
    documentNumber: '',
    events,
  };
}

/** Walks through the person's life as the register hears of it. */
class RegistrationHistory {
  private readonly events: { day: Day; event: RecordEvent }[] = [];
  private registered = false;

  constructor(private readonly random: RandomStream, private readonly person: Person) {}

  tell(): RecordEvent[] {
    const { person } = this;
    person.spells.forEach((spell, i) => {
      const next = person.spells[i + 1];
      if (spell.country === HOME_COUNTRY) {
        this.enter(spell, person.spells[i - 1]);
        this.leave(spell, next, person.spells[i + 2]?.from ?? REFERENCE_DATE + 1);
      } else if (spell.until !== null && spell.until === person.death) {
        const reported = this.random.chance(SHARES.deathAbroadReported);
        if (this.registered && reported) this.add('died', person.death);
      }
    });
    this.naturalise();
    // Days of equal rank keep the order in which the register heard of them.
    return this.events.sort((a, b) => a.day - b.day).map((entry) => entry.event);
  }

  private add(kind: RecordEvent['kind'], day: Day, country = ''): void {
    this.events.push({ day, event: recordEvent(kind, day, country) });
  }

  private enter(spell: Spell, previous: Spell | undefined): void {
    const end = spell.until ?? REFERENCE_DATE + 1;
    const born = previous === undefined;
    const [shortest, longest] = born ? SHARES.birthDelay : SHARES.arrivalDelay;
    const delay = this.random.between(shortest, longest);
    const heard = this.random.chance(born ? SHARES.nativeResident : this.arrivalShare(spell, end));
    // A birth is registered even where the child died or left meanwhile.
    const day = born ? Math.min(spell.from + delay, end - 1) : spell.from + delay;
    if (!heard || this.registered || day > REFERENCE_DATE || day >= end) return;
    // A child of the last days: its birth waits at the registrar's, unless the delay is over.
    if (born && spell.from + delay > REFERENCE_DATE) return;
    if (born) this.add('born', spell.from);
    this.add('registered', day, previous?.country ?? '');
    this.registered = true;
  }

  private arrivalShare(spell: Spell, end: Day): number {
    const { person } = this;
    if (citizenshipsAt(person, spell.from).includes(HOME_COUNTRY)) return SHARES.nativeResident;
    const stay = end - spell.from;
    const open = spell.until === null;
    if (stay < SHORTEST_STAY && !open) return SHARES.visit;
    if (stay < USUAL_STAY && !open) return SHARES.shortStay;
    const age = ageAt(person.birth, spell.from);
    return person.sex === 'M' && age >= 18 && age <= 35 ? SHARES.foreignYoungMan : SHARES.foreignResident;
  }

  private leave(spell: Spell, next: Spell | undefined, backOn: Day): void {
    const deathDelay = this.random.between(...SHARES.deathDelay);
    const deathReported = this.random.chance(SHARES.deathReported);
    const departureDelay = this.random.between(...SHARES.departureDelay);
    const citizen = citizenshipsAt(this.person, spell.from).includes(HOME_COUNTRY);
    const says = this.random.chance(citizen ? SHARES.nativeDeregisters : SHARES.foreignerDeregisters);
    const found = this.random.chance(SHARES.foundByCleanUp);
    const cleanUp = this.random.between(365, 900);
    if (!this.registered || spell.until === null) return;
    if (next === undefined) {
      if (deathReported && spell.until + deathDelay <= REFERENCE_DATE) {
        this.add('died', spell.until);
        this.registered = false;
      }
      return;
    }
    const day = says ? spell.until + departureDelay : spell.until + cleanUp;
    const known = says || found;
    if (!known || day > REFERENCE_DATE || day >= backOn || day >= (this.person.death ?? day + 1)) return;
    this.add('deregistered', day, says ? next.country : '');
    this.registered = false;
  }

  private naturalise(): void {
    const day = this.person.naturalised;
    const first = this.events[0];
    if (day !== null && first !== undefined && first.day <= day) this.add('naturalised', day, HOME_COUNTRY);
  }
}
