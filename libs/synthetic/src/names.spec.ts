import { latinName, passportOn } from './documents.js';
import { generateHousehold } from './household.js';
import { fitNameField, machineReadable } from './machine-readable-zone.js';
import { nameCulture, surnameFor, type NameCultureId } from './name-cultures.js';
import { randomStream } from './random.js';
import { romanise, type Romanisation } from './romanisation.js';
import { REFERENCE_DATE } from './settings.js';

const latin = (text: string, culture: NameCultureId, system: Romanisation, varied = false): string =>
  romanise(text, culture, nameCulture(culture).script, system, varied, randomStream(1, 'document', 1));

describe('romanisation', () => {
  it.each([
    // Examples of the Ukrainian resolution 55 of 2010.
    ['Згурський', 'ukrainian', 'passport', 'Zghurskyi'], ['Щербухи', 'ukrainian', 'passport', 'Shcherbukhy'],
    ['Юрій', 'ukrainian', 'passport', 'Yurii'], ['Костянтин', 'ukrainian', 'passport', 'Kostiantyn'],
    ['Їжакевич', 'ukrainian', 'passport', 'Yizhakevych'], ['Гаєвич', 'ukrainian', 'passport', 'Haievych'],
    ['Сергій', 'ukrainian', 'earlier-passport', 'Sergiy'],
    // ICAO Doc 9303 part 3.
    ['Юлия', 'russian', 'passport', 'Iuliia'], ['Щукин', 'russian', 'passport', 'Shchukin'],
    ['Юлия', 'russian', 'earlier-passport', 'Yuliya'], ['Горбачёва', 'russian', 'local', 'Gorbatschjowa'],
    // ELOT 743.
    ['Παπαδόπουλος', 'greek', 'passport', 'Papadopoulos'], ['Ευάγγελος', 'greek', 'passport', 'Evangelos'],
    ['Ευθύμιος', 'greek', 'passport', 'Efthymios'], ['Μπαλτάς', 'greek', 'passport', 'Baltas'],
    ['Müller-Lüdenscheidt', 'german', 'local', 'Müller-Lüdenscheidt'],
    ['Muhammad', 'maghrebi', 'passport', 'Mohamed'],
  ] as const)('writes %s (%s, %s) as %s', (text, culture, system, expected) => {
    expect(latin(text, culture, system)).toBe(expected);
  });

  it('spells some Arabic names by ear, the same way for the same clerk', () => {
    const spellings = new Set<string>();
    for (let clerk = 0; clerk < 200; clerk++) {
      const spell = (): string => romanise(
        'Muhammad', 'arabic', 'romanised-arabic', 'passport', true, randomStream(1, 'document', clerk));
      expect(spell()).toBe(spell());
      spellings.add(spell());
    }
    expect([...spellings]).toEqual(expect.arrayContaining(['Muhammad', 'Mohammad', 'Mohammed', 'Mohamed']));
    expect(spellings.size).toBeLessThan(30);
  });
});

describe('the machine-readable zone', () => {
  it.each([
    ['Jürgens-Weiß', 'german', 'JUERGENS WEISS'], ['Gül Çağlayanoğlu', 'turkish', 'GUL CAGLAYANOGLU'],
    ['Đặng', 'vietnamese', 'DANG'], ["D'Angelo", 'italian', 'DANGELO'], ['Łukasz', 'polish', 'LUKASZ'],
    ['Işık', 'turkish', 'ISIK'],
  ] as const)('writes %s (%s) as %s', (name, culture, expected) => {
    expect(machineReadable(name, culture)).toBe(expected);
  });

  it('cuts given names first, and never writes more than 39 characters', () => {
    expect(fitNameField('PAPADOPOULOU', 'MARIA')).toEqual({ family: 'PAPADOPOULOU', given: 'MARIA' });
    const long = fitNameField('NETTELBECK SCHOENBURG WALDENBERGER', 'ALEXANDRA MARIA');
    expect(long).toEqual({ family: 'NETTELBECK SCHOENBURG WALDENBERGER', given: 'ALE' });
    const longer = fitNameField('A'.repeat(60), 'BERTA');
    expect(longer.family.length + 2 + longer.given.length).toBe(39);
    expect(longer.given).toBe('B');
  });
});

describe('surnames', () => {
  it.each([
    ['russian', 'Достоевский', 'Достоевская'], ['russian', 'Иванов', 'Иванова'],
    ['ukrainian', 'Коцюбинський', 'Коцюбинська'], ['ukrainian', 'Шевченко', 'Шевченко'],
    ['polish', 'Kowalski', 'Kowalska'], ['greek', 'Παπαδόπουλος', 'Παπαδοπούλου'], ['german', 'Meier', 'Meier'],
  ] as const)('bend to the sex of their bearer (%s %s, %s)', (culture, man, woman) => {
    expect(surnameFor(culture, man, 'M')).toBe(man);
    expect(surnameFor(culture, man, 'F')).toBe(woman);
  });
});

describe('passports', () => {
  it('keep number and name until they are renewed', () => {
    for (let household = 0; household < 50; household++) {
      for (const person of generateHousehold(3, household, household * 10, 10)) {
        const country = person.citizenships[0].country;
        const on = (day: number): string => passportOn(3, person, country, day, day).number;
        const numbers = new Set(Array.from({ length: 70 }, (_, i) => on(REFERENCE_DATE - i * 36)));
        expect(numbers.size).toBeLessThanOrEqual(2);
        expect(latinName(3, person, REFERENCE_DATE, 'passport', 0).given.length).toBe(person.givenNames.length);
      }
    }
  });
});
