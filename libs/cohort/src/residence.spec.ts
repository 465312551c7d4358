import type { EventKind } from '#libs/record';
import {
  dayOf, emigration, immigration, parseCohortDefinition, presenceOf, residencePeriods, usualResident,
  type CohortDefinition, type PersonHistory, type PersonRecord, type ResidencePeriod,
} from './index.js';

const definition = (change: Partial<CohortDefinition> = {}): CohortDefinition => parseCohortDefinition({
  kind: 'vinculum-cohort', version: 1, name: 'test', title: 'Test', concept: 'usual-residents',
  referenceDate: '2023-12-31', durationCriterion: '12m', homeCountry: 'AT', observedUntil: '2023-12-31',
  registrationShowsIntention: 'nationals',
  registers: [
    { registerId: 'population-register', evidence: 'registration' },
    { registerId: 'residence-permits', evidence: 'permit' },
    { registerId: 'border-crossings', evidence: 'border' },
  ],
  dimensions: ['SEX', 'AGE', 'CITIZENSHIP_GRP'],
  ...change,
});

type Events = readonly (readonly [EventKind, string, string?])[];

function record(registerId: string, citizenship: string, events: Events, countryOfBirth = 'XX'): PersonRecord {
  return {
    registerId,
    content: { sex: 'F', birthMonth: '1990-05', citizenship, countryOfBirth },
    events: events.map(([kind, date, country]) => ({ kind, date, country: country ?? '' })),
  };
}

const population = (events: Events, citizenship = 'XX', born = 'XX'): PersonRecord =>
  record('population-register', citizenship, events, born);
const permit = (from: string, until: string): PersonRecord =>
  record('residence-permits', 'XX', [['permit-from', from], ['permit-until', until]]);
const border = (events: Events): PersonRecord => record('border-crossings', 'XX', events);

function periods(records: PersonRecord[], change: Partial<CohortDefinition> = {}): ResidencePeriod[] {
  const history: PersonHistory = { entity: 'e', records };
  const chosen = definition(change);
  return residencePeriods(presenceOf(history, chosen), chosen.durationCriterion);
}

const resident = (records: PersonRecord[], date = '2023-12-31', change: Partial<CohortDefinition> = {}): boolean =>
  usualResident(periods(records, change), dayOf(date));
const arrivedIn = (records: PersonRecord[], year: number): boolean =>
  immigration(periods(records), dayOf(`${year}-01-01`), dayOf(`${year}-12-31`)) !== undefined;

describe('registration alone', () => {
  it('makes a resident after 12 months, from its first day', () => {
    expect(resident([population([['registered', '2022-06-01', 'XX']])])).toBe(true);
    expect(arrivedIn([population([['registered', '2022-06-01', 'XX']])], 2022)).toBe(true);
    expect(resident([population([['registered', '2022-06-01', 'XX']])], '2022-05-31')).toBe(false);
    expect(resident([population([['registered', '2022-06-01', 'XX']])], '2022-06-01')).toBe(true);
  });

  it('of a foreigner for less than 12 months shows no intention; of a national it does', () => {
    expect(resident([population([['registered', '2023-06-01', 'XX']])])).toBe(false);
    expect(resident([population([['registered', '2023-06-01', 'XX']], 'AT')])).toBe(true);
    expect(resident([population([['registered', '2023-06-01', 'XX']])], '2023-12-31',
      { registrationShowsIntention: 'everybody' })).toBe(true);
  });

  it('is settled by what came after the reference date, where that is known', () => {
    const stayed = population([['registered', '2023-06-01', 'XX']]);
    const left = population([['registered', '2023-06-01', 'XX'], ['deregistered', '2024-02-01', 'XX']], 'AT');
    expect(resident([stayed], '2023-12-31', { observedUntil: '2024-12-31' })).toBe(true);
    expect(resident([left], '2023-12-31', { observedUntil: '2024-12-31' })).toBe(false);
  });

  it('ends by deregistration and by death', () => {
    expect(resident([population([['registered', '2015-01-01'], ['deregistered', '2022-03-01']])])).toBe(false);
    const ended = periods([population([['registered', '2015-01-01'], ['died', '2022-03-01']])]);
    expect(ended).toEqual([{
      from: dayOf('2015-01-01'), to: dayOf('2022-03-01'), begun: 'arrival', ended: 'death',
    }]);
  });

  it('without a beginning is as old as the records, or as the person', () => {
    const [period] = periods([population([['deregistered', '2022-03-01']])]);
    expect(period).toMatchObject({ from: dayOf('1990-05-01'), begun: 'start', ended: 'departure' });
    expect(resident([population([], 'AT', 'AT')])).toBe(true);
  });

  it('of a newborn is no immigration', () => {
    const events: Events = [['born', '2023-02-03'], ['registered', '2023-02-20', '']];
    const child = { ...population(events, 'AT', 'AT') };
    const native = { ...child, content: { ...child.content, birthMonth: '2023-02' } };
    expect(arrivedIn([native], 2023)).toBe(false);
    expect(resident([native])).toBe(true);
    const withoutBirth = { ...native, events: [{ kind: 'registered' as const, date: '2023-02-20', country: '' }] };
    expect(arrivedIn([withoutBirth], 2023)).toBe(false);
  });
});

describe('permits', () => {
  it('valid for 12 months from arrival show the intention to stay', () => {
    expect(resident([permit('2023-06-01', '2024-06-30')])).toBe(true);
    expect(resident([permit('2023-06-01', '2024-03-01')])).toBe(false);
    expect(arrivedIn([permit('2023-06-01', '2024-06-30')], 2023)).toBe(true);
  });

  it('begin to count with the first arrival that the border knows', () => {
    const records = [permit('2022-11-01', '2025-11-01'), border([['arrived', '2023-01-09', 'XX']])];
    expect(arrivedIn(records, 2023)).toBe(true);
    expect(arrivedIn(records, 2022)).toBe(false);
  });

  it('bridge a gap between two of them', () => {
    const found = periods([permit('2020-01-01', '2021-12-31'), permit('2022-01-20', '2024-12-31')]);
    expect(found).toEqual([
      { from: dayOf('2020-01-01'), to: Number.POSITIVE_INFINITY, begun: 'arrival', ended: 'open' },
    ]);
  });
});

describe('the border', () => {
  it('overrides a registration that was never ended, after 12 months of absence', () => {
    const registered = population([['registered', '2010-01-01']]);
    expect(resident([registered, border([['departed', '2022-06-01', 'XX']])])).toBe(false);
    expect(resident([registered, border([['departed', '2023-06-01', 'XX']])])).toBe(true);
    expect(emigration(periods([registered, border([['departed', '2022-06-01', 'XX']])]),
      dayOf('2022-01-01'), dayOf('2022-12-31'))).toMatchObject({ to: dayOf('2022-06-01') });
  });

  it('dates a departure that the register ended late', () => {
    const registered = population([['registered', '2010-01-01'], ['deregistered', '2023-05-01']]);
    const [period] = periods([registered, border([['departed', '2022-03-01', 'XX']])]);
    expect(period.to).toBe(dayOf('2022-03-01'));
  });

  it('does not count an absence whose return it missed', () => {
    const registered = population([['registered', '2010-01-01']]);
    const seen = border([['departed', '2015-01-01'], ['departed', '2023-11-01'], ['arrived', '2023-11-20']]);
    expect(periods([registered, seen])).toHaveLength(1);
    expect(resident([registered, seen])).toBe(true);
  });

  it('ends an open absence with the next sign of life', () => {
    const records = [
      population([['registered', '2010-01-01']]), border([['departed', '2021-01-01']]),
      permit('2021-09-01', '2026-09-01'),
    ];
    expect(resident(records)).toBe(true);
  });

  it('does not make a resident of a visitor whose departure was missed', () => {
    expect(resident([border([['arrived', '2020-01-01']])])).toBe(false);
    expect(resident([border([['arrived', '2020-01-01'], ['arrived', '2022-01-01']])])).toBe(false);
  });

  it('makes a resident of a person without papers whose long stay is dated', () => {
    expect(resident([border([['arrived', '2021-01-01'], ['departed', '2022-06-01']])], '2021-12-31')).toBe(true);
  });

  it('moves an arrival to the day before the papers came', () => {
    const records = [population([['registered', '2022-02-10']]), border([['arrived', '2021-12-20']])];
    expect(arrivedIn(records, 2021)).toBe(true);
    expect(arrivedIn(records, 2022)).toBe(false);
  });
});

describe('a border that misses crossings', () => {
  const partial: Partial<CohortDefinition> = {
    registers: [
      { registerId: 'population-register', evidence: 'registration' },
      { registerId: 'residence-permits', evidence: 'permit' },
      { registerId: 'border-crossings', evidence: 'border', coverage: 'partial' },
    ],
  };
  const registered = population([['registered', '2010-01-01']]);
  const departed = border([['departed', '2022-06-01', 'XX']]);

  it('does not end a registration alone', () => {
    expect(resident([registered, departed])).toBe(false);
    expect(resident([registered, departed], '2023-12-31', partial)).toBe(true);
    const gone = border([['departed', '2020-06-01'], ['arrived', '2023-06-01']]);
    expect(resident([registered, gone], '2022-12-31', partial)).toBe(true);
  });

  it('ends it where the last permit lapsed since, or the register ended it late', () => {
    const lapsed = [registered, departed, permit('2020-01-01', '2022-12-31')];
    expect(resident(lapsed, '2023-12-31', partial)).toBe(false);
    expect(resident([...lapsed, permit('2023-01-01', '2025-12-31')], '2023-12-31', partial)).toBe(true);
    const late = population([['registered', '2010-01-01'], ['deregistered', '2023-11-01']]);
    expect(periods([late, departed], partial)[0].to).toBe(dayOf('2022-06-01'));
  });

  it('makes no resident of a visitor, and dates an arrival shortly before the papers', () => {
    const visits = border([['arrived', '2019-04-24'], ['departed', '2023-12-14']]);
    expect(resident([visits], '2022-12-31', partial)).toBe(false);
    const came = population([['registered', '2022-02-10']]);
    expect(periods([came, border([['arrived', '2021-12-20']])], partial)[0].from).toBe(dayOf('2021-12-20'));
    expect(periods([came, border([['arrived', '2020-12-20']])], partial)[0].from).toBe(dayOf('2022-02-10'));
  });
});

it('counts a declared departure before 12 months of absence have passed', () => {
  expect(resident([population([['registered', '2010-01-01'], ['deregistered', '2023-10-01', 'XX']])])).toBe(false);
});

it('six months and a day decide otherwise than 12 months', () => {
  const records = [border([['arrived', '2023-02-01'], ['departed', '2023-10-01']])];
  expect(resident(records, '2023-06-01')).toBe(false);
  expect(resident(records, '2023-06-01', { durationCriterion: '6m1d' })).toBe(true);
  expect(resident(records, '2023-12-31', { durationCriterion: '6m1d', observedUntil: '2024-12-31' })).toBe(false);
});
