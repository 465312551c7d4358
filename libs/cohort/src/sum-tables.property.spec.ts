import fc from 'fast-check';
import { EVENT_KINDS } from '#libs/record';
import { parseCohortDefinition } from './definition.js';
import type { PersonHistory } from './person-history.js';
import { sumTables } from './sum-tables.js';
import { tabulate } from './tabulate.js';

const definition = parseCohortDefinition({
  kind: 'vinculum-cohort', version: 1, name: 'stock', title: 'Stock', concept: 'usual-residents',
  referenceDate: '2024-12-31', durationCriterion: '12m', homeCountry: 'XA', observedUntil: '2025-12-31',
  registrationShowsIntention: 'everybody', registers: [{ registerId: 'people', evidence: 'registration' }],
  dimensions: ['SEX', 'AGE', 'CITIZENSHIP_GRP'],
});

const dates = fc.integer({ min: 0, max: 2500 })
  .map((days) => new Date(Date.UTC(2019, 0, 1 + days)).toISOString().slice(0, 10));

const histories: fc.Arbitrary<PersonHistory[]> = fc.array(fc.record({
  sex: fc.constantFrom('F', 'M', '_U'), birthMonth: fc.constantFrom('1980-05', '1999', ''),
  citizenship: fc.constantFrom('XA', 'SY', 'STLS', ''),
  events: fc.array(fc.record({ kind: fc.constantFrom(...EVENT_KINDS), date: dates, country: fc.constant('') }),
    { maxLength: 4 }),
}), { maxLength: 30 }).map((people) => people.map(({ sex, birthMonth, citizenship, events }, entity) => ({
  entity,
  records: [{
    registerId: 'people', events,
    content: { sex: sex as 'F', birthMonth, citizenship, countryOfBirth: '' },
  }],
})));

const key = (entity: string | number): number => (Number(entity) * 2654435761 + 12345) >>> 0;

describe('sumTables', () => {
  it('is the table of everybody, however the people are cut into groups', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 1, max: 7 }), (people, size) => {
      const groups = Array.from({ length: Math.max(1, Math.ceil(people.length / size)) },
        (_, i) => people.slice(i * size, (i + 1) * size));
      const summed = sumTables(groups.map((group) => tabulate(definition, group, key)));
      expect(JSON.stringify(summed)).toBe(JSON.stringify(tabulate(definition, people, key)));
    }));
  });

  it('refuses tables of other cells', () => {
    const other = parseCohortDefinition({ ...definition, dimensions: ['SEX'] });
    expect(() => sumTables([tabulate(definition, [], key), tabulate(other, [], key)])).toThrow('same cells');
    expect(() => sumTables([])).toThrow('at least one');
  });
});
