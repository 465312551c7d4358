import { dayOf, parseCohortDefinition, resolveContent, type PersonHistory, type PersonRecord } from './index.js';

const definition = parseCohortDefinition({
  kind: 'vinculum-cohort', version: 1, name: 'test', title: 'Test', concept: 'usual-residents',
  referenceDate: '2023-12-31', durationCriterion: '12m', homeCountry: 'AT', observedUntil: '2023-12-31',
  registrationShowsIntention: 'nationals', dimensions: ['SEX'],
  registers: [
    { registerId: 'population-register', evidence: 'registration' },
    { registerId: 'residence-permits', evidence: 'permit' },
  ],
});

function record(registerId: string, content: Partial<PersonRecord['content']>, naturalised?: string): PersonRecord {
  return {
    registerId,
    content: { sex: '_U', birthMonth: '', citizenship: '', countryOfBirth: '', ...content },
    events: naturalised === undefined ? [] : [{ kind: 'naturalised', date: naturalised, country: '' }],
  };
}
const person = (...records: PersonRecord[]): PersonHistory => ({ entity: 1, records });
const group = (history: PersonHistory, date = '2023-12-31'): string =>
  resolveContent(history, definition).citizenshipGroupAt(dayOf(date));

describe('content between registers', () => {
  it('is the highest register\'s that knows', () => {
    const permit = record('residence-permits', { sex: 'M', citizenship: 'XX', birthMonth: '1980-02' });
    expect(resolveContent(person(permit, record('population-register', { sex: 'F' })), definition))
      .toMatchObject({ sex: 'F', birthMonth: '1980-02' });
    expect(group(person(permit, record('population-register', { citizenship: 'UNK' })))).toBe('FOR');
    expect(group(person(record('border-crossings', { citizenship: 'YY' }), permit,
      record('population-register', { citizenship: 'AT' })))).toBe('NAT');
  });

  it('inside a register is the most precise birth month, then what most records hold, then the smaller code', () => {
    const permits = [
      record('residence-permits', { citizenship: 'YY', birthMonth: '1980' }),
      record('residence-permits', { citizenship: 'XX', birthMonth: '1980' }),
      record('residence-permits', { citizenship: 'YY', birthMonth: '1981-07' }),
    ];
    const content = resolveContent(person(...permits), definition);
    expect(content.birthMonth).toBe('1981-07');
    expect(content.earliestBirth).toBe(dayOf('1981-07-01'));
    expect(content.latestBirth).toBe(dayOf('1981-07-31'));
  });

  it('keeps stateless and undetermined apart, and neither is made of silence about the other', () => {
    expect(group(person(record('population-register', { citizenship: 'STLS' })))).toBe('STLS');
    expect(group(person(record('population-register', { citizenship: 'UNK' })))).toBe('UNK');
    expect(group(person(record('population-register', {})))).toBe('UNK');
  });

  it('follows a naturalisation in time, whatever the extract shows', () => {
    const early = person(record('population-register', { citizenship: 'XX' }, '2020-05-01'));
    expect([group(early, '2020-04-30'), group(early, '2020-05-01')]).toEqual(['FOR', 'NAT']);
    const noted = person(record('population-register', { citizenship: 'AT' }, '2022-05-01'),
      record('residence-permits', { citizenship: 'STLS' }));
    expect([group(noted, '2021-12-31'), group(noted)]).toEqual(['STLS', 'NAT']);
    const unknown = person(record('population-register', { citizenship: 'AT' }, '2022-05-01'));
    expect(group(unknown, '2021-12-31')).toBe('UNK');
  });
});
