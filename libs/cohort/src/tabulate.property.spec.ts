import fc from 'fast-check';
import { EVENT_KINDS } from '#libs/record';
import {
  ageGroup, completedYears, dateOf, dayOf, DIMENSION_IDS, emigration, immigration, memberCodes,
  parseCohortDefinition, presenceOf, residencePeriods, tabulate, TOTAL, usualResident,
  type CohortDefinition, type CohortTable, type PersonHistory, type PersonRecord,
} from './index.js';

const base = {
  kind: 'vinculum-cohort', version: 1, name: 'property', title: 'Property', durationCriterion: '12m',
  homeCountry: 'AT', observedUntil: '2024-06-30', registrationShowsIntention: 'nationals',
  registers: [
    { registerId: 'population-register', evidence: 'registration' },
    { registerId: 'residence-permits', evidence: 'permit' },
    { registerId: 'border-crossings', evidence: 'border' },
  ],
  dimensions: DIMENSION_IDS,
};
const stock = (referenceDate: string, criterion = '12m'): CohortDefinition => parseCohortDefinition(
  { ...base, concept: 'usual-residents', referenceDate, durationCriterion: criterion });
const flow = (year: number): CohortDefinition => parseCohortDefinition(
  { ...base, concept: 'immigrants', period: { year } });

const date = fc.integer({ min: dayOf('2019-01-01'), max: dayOf('2024-12-31') }).map(dateOf);
const record: fc.Arbitrary<PersonRecord> = fc.record({
  registerId: fc.constantFrom('population-register', 'residence-permits', 'border-crossings', 'other'),
  content: fc.record({
    sex: fc.constantFrom('F' as const, 'M' as const, '_O' as const, '_N' as const, '_U' as const),
    birthMonth: fc.constantFrom('', '1985', '1985-03', '2021-02', '1930-12', '2023-06'),
    citizenship: fc.constantFrom('', 'AT', 'XX', 'STLS', 'UNK'),
    countryOfBirth: fc.constantFrom('', 'AT', 'XX', 'UNK'),
  }),
  events: fc.array(fc.record({
    kind: fc.constantFrom(...EVENT_KINDS), date, country: fc.constantFrom('', 'XX', 'AT'),
  }), { maxLength: 6 }),
});
const history = (entity: number): fc.Arbitrary<PersonHistory> =>
  fc.record({ entity: fc.constant(entity), records: fc.array(record, { minLength: 1, maxLength: 4 }) });
const histories = fc.integer({ min: 0, max: 25 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => history(i))));
const recordKey = (entity: string | number): number => Math.imul(Number(entity) + 1, 2654435761) >>> 0;

/**
 * The slow twin: each cell goes through all people anew, and adds their keys without any modulus on the
 * way.
 */
function naive(definition: CohortDefinition, people: readonly PersonHistory[]): CohortTable['cells'] {
  const members = people.map((person) => ({ ...person, member: memberCodes(definition, person) }));
  return tabulate(definition, [], recordKey).cells.map(({ codes }) => {
    const inside = members.filter(({ member }) => member !== undefined && definition.dimensions.every(
      (id, d) => codes[d] === TOTAL || codes[d] === member[id]));
    const sum = inside.reduce((total, { entity }) => total + BigInt(recordKey(entity)), 0n);
    return { codes, count: inside.length, cellKey: Number(sum % (1n << 32n)) };
  });
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items.map((item, i) => ({ item, order: Math.imul(i + 1, seed * 2 + 1) >>> 0 }))
    .sort((a, b) => a.order - b.order).map(({ item }) => item);
}

describe('tabulate', () => {
  it.each([stock('2023-12-31'), flow(2022)])('equals its slow twin ($concept)', (definition) => {
    fc.assert(fc.property(histories, (people) => {
      expect(tabulate(definition, people, recordKey).cells).toEqual(naive(definition, people));
    }), { numRuns: 15 });
  });

  it('gives totals that are the sums of their parts, in every dimension', () => {
    fc.assert(fc.property(histories, (people) => {
      const { dimensions, cells } = tabulate(stock('2022-06-30'), people, recordKey);
      const at = new Map(cells.map((cell) => [cell.codes.join(), cell]));
      const unbalanced = cells.filter((total) => total.codes.some((code, d) => {
        if (code !== TOTAL) return false;
        const parts = dimensions[d].codes.filter((part) => part !== TOTAL)
          .map((part) => at.get(total.codes.with(d, part).join()));
        return parts.reduce((sum, part) => sum + (part?.count ?? NaN), 0) !== total.count
          || parts.reduce((sum, part) => (sum + (part?.cellKey ?? NaN)) >>> 0, 0) !== total.cellKey;
      }));
      expect(unbalanced).toEqual([]);
    }), { numRuns: 20 });
  });

  it('does not mind the order of people, records and events', () => {
    fc.assert(fc.property(histories, fc.nat(1e6), (people, seed) => {
      const definition = stock('2023-06-30');
      const mixed = shuffled(people.map((person) => ({
        ...person,
        records: shuffled(person.records.map((r) => ({ ...r, events: shuffled(r.events, seed) })), seed),
      })), seed);
      const [one, other] = [mixed, people]
        .map((list) => JSON.stringify(tabulate(definition, list, recordKey)));
      expect(one).toBe(other);
    }), { numRuns: 100 });
  });

  it('refuses a code outside the list', () => {
    const person = {
      entity: 1,
      records: [{
        registerId: 'population-register', events: [],
        content: { sex: 'X' as never, birthMonth: '1990-01', citizenship: 'AT', countryOfBirth: 'AT' },
      }],
    };
    expect(() => tabulate(stock('2022-06-30'), [person], recordKey)).toThrow(/SEX/);
  });
});

describe('residence', () => {
  it('gives disjoint periods in order, and nobody lives on after death or before birth', () => {
    fc.assert(fc.property(history(1), (person) => {
      const definition = stock('2023-12-31');
      const presence = presenceOf(person, definition);
      const periods = residencePeriods(presence, '12m');
      periods.forEach(({ from, to }, i) => {
        expect(to).toBeGreaterThan(from);
        if (i > 0) expect(from).toBeGreaterThan(periods[i - 1].to);
        if (presence.died) expect(to).toBeLessThanOrEqual(presence.knownUntil);
      });
    }), { numRuns: 500 });
  });

  it('balances: stock at the end = stock at the start + arrivals + births - departures - deaths', () => {
    fc.assert(fc.property(fc.array(history(1), { maxLength: 30 }), (people) => {
      const definition = stock('2023-12-31');
      const [first, last] = [dayOf('2022-01-01'), dayOf('2022-12-31')];
      const count = { start: 0, end: 0, in: 0, out: 0 };
      for (const person of people) {
        const periods = residencePeriods(presenceOf(person, definition), '12m');
        count.start += Number(usualResident(periods, first - 1));
        count.end += Number(usualResident(periods, last));
        count.in += periods.filter(({ from }) => from >= first && from <= last).length;
        count.out += periods.filter(({ to }) => to >= first && to <= last).length;
        const arrivals = periods.filter(({ begun, from }) => begun === 'arrival' && from >= first && from <= last);
        expect(immigration(periods, first, last) !== undefined).toBe(arrivals.length > 0);
        const departures = periods.filter(({ ended, to }) => ended === 'departure' && to >= first && to <= last);
        expect(emigration(periods, first, last) !== undefined).toBe(departures.length > 0);
      }
      expect(count.end).toBe(count.start + count.in - count.out);
    }), { numRuns: 200 });
  });
});

describe('age', () => {
  it.each([
    ['1990-05', '2023-05-15', 32], ['1990-05', '2023-05-16', 33], ['1990-05', '2023-06-01', 33],
    ['1990-05', '2023-04-30', 32], ['1990', '2023-06-30', 32], ['1990', '2023-07-01', 33], ['', '2023-01-01', undefined],
  ])('of %s on %s is %s', (birthMonth, day, years) => {
    expect(completedYears(birthMonth, dayOf(day))).toBe(years);
  });

  it.each([
    [0, 'Y_LT5'], [4, 'Y_LT5'], [5, 'Y5T9'], [9, 'Y5T9'], [10, 'Y10T14'], [84, 'Y80T84'], [85, 'Y_GE85'],
    [119, 'Y_GE85'], [-1, 'Y_LT5'], [-2, '_U'], [undefined, '_U'],
  ])('%s is in %s', (years, group) => {
    expect(ageGroup(years)).toBe(group);
  });
});
