import { classifyMigration, dayOf, type KnownPerson } from './index.js';

const person = (born: string, citizenships: string[], ...stays: [string, string][]): KnownPerson => ({
  countryOfBirth: born, citizenships,
  spells: stays.map(([country, from], i) => ({
    country, from: dayOf(from), to: i + 1 < stays.length ? dayOf(stays[i + 1][1]) : Number.POSITIVE_INFINITY,
  })),
});

describe('classifyMigration', () => {
  it('an emigrant leaves the stock and keeps a citizenship', () => {
    const left = person('AT', ['AT'], ['AT', '1990-01-01'], ['XX', '2023-05-01']);
    expect(classifyMigration(left, 'AT', 2023, '12m')).toMatchObject({
      residentAtStart: true, residentAtEnd: false, flow: 'EMIGRANT', subtype: 'NATIONAL', stock: [],
    });
  });

  it('a national born abroad who comes for the first time', () => {
    const came = person('XX', ['AT'], ['XX', '1990-01-01'], ['AT', '2023-05-01']);
    expect(classifyMigration(came, 'AT', 2023, '12m')).toMatchObject({
      flow: 'IMMIGRANT', subtype: 'NATIONAL_FIRST', stock: ['FOREIGN_BORN', 'NATIONAL', 'EVER_LIVED_ABROAD'],
    });
  });

  it('a stateless immigrant is neither national nor foreign', () => {
    const came = person('XX', [], ['XX', '1990-01-01'], ['AT', '2023-05-01']);
    expect(classifyMigration(came, 'AT', 2023, '12m')).toMatchObject({ subtype: 'STATELESS' });
  });

  it('a short stay is temporary by 12 months, and two migrations by six months and a day', () => {
    const visitor = person('XX', ['XX'], ['XX', '1990-01-01'], ['AT', '2023-01-10'], ['XX', '2023-09-20']);
    expect(classifyMigration(visitor, 'AT', 2023, '12m')).toMatchObject({ flow: null, population: 'TEMPORARY' });
    expect(classifyMigration(visitor, 'AT', 2023, '6m1d')).toMatchObject({
      flow: 'IMMIGRANT_AND_EMIGRANT', population: 'RESIDENT',
      immigratedOn: dayOf('2023-01-10'), emigratedOn: dayOf('2023-09-20'),
    });
  });

  it('somebody who was never here belongs to no population', () => {
    const away = person('XX', ['XX'], ['XX', '1990-01-01']);
    expect(classifyMigration(away, 'AT', 2023, '12m')).toMatchObject({ population: 'NONE', flow: null, stock: [] });
  });

  it('five months abroad change nothing', () => {
    const traveller = person('AT', ['XX'], ['AT', '1990-01-01'], ['XX', '2023-02-01'], ['AT', '2023-07-01']);
    expect(classifyMigration(traveller, 'AT', 2023, '12m')).toMatchObject({
      flow: null, subtype: null, residentAtEnd: true, stock: ['NATIVE_BORN', 'FOREIGN_CITIZEN'],
    });
  });
});
