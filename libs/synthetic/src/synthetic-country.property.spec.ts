import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EVENT_KINDS } from '#libs/record';
import { crossingsOf } from './border-crossings.js';
import { dayOf, isoDate } from './calendar.js';
import { HOME_COUNTRY } from './origins.js';
import { citizenshipsAt, spellsIn, type Person } from './person.js';
import type { RegisterRecord } from './register-record.js';
import { REFERENCE_DATE, WINDOW_START } from './settings.js';
import { synthesize, type SyntheticPerson } from './synthesize.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
/** People of one country under test; thousands of checks each, so assert and not expect. */
const SIZE = 250;
const REFERENCE = isoDate(REFERENCE_DATE);

function take(people: number, seed: number, count = people): SyntheticPerson[] {
  const found: SyntheticPerson[] = [];
  for (const person of synthesize({ people, seed })) {
    found.push(person);
    if (found.length === count) break;
  }
  return found;
}

const dateOf = (record: RegisterRecord, kind: string): string | undefined =>
  record.events.find((event) => event.kind === kind)?.date;

function forEveryCountry(check: (people: readonly SyntheticPerson[]) => void, numRuns = 10): void {
  fc.assert(fc.property(seeds, (seed) => check(take(SIZE, seed))), { numRuns });
}

describe('the stream', () => {
  it('is the same for the same seed, and another for another seed', () => {
    fc.assert(fc.property(seeds, (seed) => {
      const text = JSON.stringify(take(60, seed));
      expect(JSON.stringify(take(60, seed))).toBe(text);
      expect(JSON.stringify(take(60, seed === 0 ? 1 : seed - 1))).not.toBe(text);
    }), { numRuns: 10 });
  });

  it('gives the same people at every scale, and is lazy: of a hundred million it makes those that are asked for', () => {
    fc.assert(fc.property(seeds, fc.integer({ min: 1, max: 120 }), (seed, people) => {
      const small = take(people, seed);
      expect(small).toHaveLength(people);
      expect(take(100_000_000, seed, people)).toEqual(small);
    }), { numRuns: 10 });
  });

  it.each([[0, 1], [1.5, 1], [100_000_001, 1], [10, -1], [10, 0.5], [NaN, 1]])('refuses people %s, seed %s', (people, seed) => {
    expect(() => take(people, seed)).toThrow(expect.objectContaining({ code: 'SYNTHETIC_OPTIONS_INVALID' }));
  });
});

describe('the truth', () => {
  it('tells each life without gaps, from birth to death or the reference date', () => {
    forEveryCountry((people) => people.forEach(({ person }, number) => {
      assert.equal(person.number, number);
      assert.ok(person.birth < (REFERENCE_DATE));
      assert.equal(person.spells[0].from, person.birth);
      assert.equal(person.spells[0].country, person.countryOfBirth);
      assert.equal(person.spells[person.spells.length - 1].until, person.death);
      person.spells.forEach((spell, i) => {
        const next = person.spells[i + 1];
        assert.ok(spell.from < (spell.until ?? REFERENCE_DATE + 1));
        if (next !== undefined) {
          assert.equal(spell.until, next.from);
          assert.notEqual(next.country, spell.country);
        }
      });
      if (person.death !== null) assert.ok(person.death <= REFERENCE_DATE);
    }));
  });

  it('balances: stock = stock + births - deaths + immigration - emigration', () => {
    const livesHere = (person: Person, day: number): boolean => spellsIn(person, HOME_COUNTRY)
      .some((spell) => spell.from <= day && (spell.until ?? REFERENCE_DATE + 1) > day);
    const at = (people: readonly Person[], day: number): number =>
      people.filter((person) => livesHere(person, day)).length;
    forEveryCountry((synthetic) => {
      const people = synthetic.map(({ person }) => person);
      for (let year = 2019; year < 2025; year++) {
        const [start, end] = [dayOf(year, 1, 1), dayOf(year + 1, 1, 1)];
        const within = (day: number | null): boolean => day !== null && day > start && day <= end;
        const births = people.filter((p) => p.countryOfBirth === HOME_COUNTRY && within(p.birth)).length;
        const deaths = people.filter((p) => within(p.death)
          && p.spells[p.spells.length - 1].country === HOME_COUNTRY).length;
        const crossings = people.flatMap((p) => p.spells.slice(1)).filter((spell) => within(spell.from));
        const immigration = crossings.filter((spell) => spell.country === HOME_COUNTRY).length;
        const emigration = people.flatMap((p) => spellsIn(p, HOME_COUNTRY)
          .filter((spell) => within(spell.until) && spell.until !== p.death)).length;
        assert.equal(at(people, end), at(people, start) + births - deaths + immigration - emigration);
      }
    });
  });

  it('gives everybody a citizenship at every time, names, and trips inside the window that do not overlap', () => {
    forEveryCountry((people) => people.forEach(({ person }) => {
      for (const day of [person.birth, person.naturalised ?? person.birth, REFERENCE_DATE]) {
        assert.ok(citizenshipsAt(person, day).length > 0);
      }
      assert.equal(person.givenNames.every((name) => name.length > 0), true);
      assert.equal(person.familyNames.flatMap((name) => name.parts).every((part) => part.length > 0), true);
      person.trips.forEach((trip, i) => {
        assert.ok(trip.out >= Math.max(WINDOW_START, person.trips[i - 1]?.back ?? 0));
        assert.ok(trip.out < (trip.back));
        assert.ok(trip.back <= REFERENCE_DATE);
      });
    }));
  });
});

describe('the registers', () => {
  it('hold at most one population record a person, and every record id once', () => {
    forEveryCountry((people) => {
      const records = people.flatMap((entry) => entry.records);
      assert.equal(new Set(records.map((record) => record.recordId)).size, records.length);
      for (const entry of people) {
        const population = entry.records.filter((record) => record.registerId === 'population-register');
        assert.ok(population.length <= 1);
        assert.ok(!JSON.stringify(entry.records).includes(String(entry.person.number + 1).padStart(8, '0')));
      }
    });
  });

  it('hold dates that exist, in order, none after the reference date', () => {
    forEveryCountry((people) => people.flatMap((entry) => entry.records).forEach((record) => {
      assert.match(record.birthDate, /^(|\d{4}|\d{4}-\d\d-\d\d)$/u);
      assert.equal(record.birthDate <= REFERENCE, true);
      assert.ok(record.events.length > 0);
      record.events.forEach((event, i) => {
        assert.ok(EVENT_KINDS.includes(event.kind));
        assert.equal(new Date(`${event.date}T00:00:00Z`).toISOString().slice(0, 10), event.date);
        assert.equal(event.date <= REFERENCE, true);
        assert.equal(event.date >= (record.events[i - 1]?.date ?? ''), true);
      });
    }));
  });

  it('alternate entry and exit in the population register, never before the fact', () => {
    forEveryCountry((people) => people.forEach(({ person, records }) => {
      const record = records.find((candidate) => candidate.registerId === 'population-register');
      const flow = (record?.events ?? [])
        .filter((event) => /^(registered|deregistered|died)$/u.test(event.kind));
      flow.forEach((event, i) => assert.equal(event.kind === 'registered', i % 2 === 0));
      for (const event of flow.filter((candidate) => candidate.kind === 'registered')) {
        assert.equal(spellsIn(person, HOME_COUNTRY).some((spell) => isoDate(spell.from) <= event.date), true);
      }
      const died = record === undefined ? undefined : dateOf(record, 'died');
      if (died !== undefined) assert.equal(died, isoDate(person.death!));
    }));
  });

  it('issue permits to foreign residents only, and record only crossings that happened', () => {
    forEveryCountry((people) => people.forEach(({ person, records }) => {
      const happened = new Set(crossingsOf(person).map((crossing) => `${crossing.kind} ${isoDate(crossing.day)}`));
      for (const record of records) {
        if (record.registerId === 'border-crossings') {
          assert.equal(record.events.length, 1);
          assert.equal(happened.delete(`${record.events[0].kind} ${record.events[0].date}`), true);
        }
        if (record.registerId === 'residence-permits') {
          assert.notEqual(record.citizenship, HOME_COUNTRY);
          assert.equal(dateOf(record, 'permit-from')! <= (dateOf(record, 'permit-until') ?? REFERENCE), true);
        }
      }
    }));
  });
});
