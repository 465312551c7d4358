import { DATE_TOKENS, dateTokens, readPartialDate, refusalOfBirthDate } from './date-tokens.js';

const tokensOf = (text: string): string[] => dateTokens(readPartialDate(text));
const shared = (left: string, right: string): number =>
  new Set(tokensOf(left).filter((token) => tokensOf(right).includes(token))).size;

describe('readPartialDate', () => {
  it.each([
    '1970-05-31', '19700531', '31-05-1970', '31/05/1970', '31.05.1970', '1970/5/31', '31-5-1970',
    '1970-05-31T00:00:00Z', ' 1970-05-31 ',
  ])('reads %s', (text) => {
    expect(readPartialDate(text)).toEqual({ year: '1970', month: '05', day: '31' });
  });

  it.each([
    ['1970', '1970????'], ['1970-05', '197005??'], ['05-1970', '197005??'], ['197005', '197005??'],
    ['1970-00-00', '1970????'], ['00-00-1970', '1970????'], ['1970-05-00', '197005??'], ['0000-05-31', '????0531'],
    ['22-12-2972', '29721222'], ['2I-05-1970', '1970052?'], ['saJi', '????????'], ['', '????????'],
    ['70-05-31', '????????'], ['1970-05-31-07', '????????'], ['197', '????????'],
  ])('reads what is left of %s', (text, expected) => {
    const { year, month, day } = readPartialDate(text);
    expect(year + month + day).toBe(expected);
  });
});

describe('dateTokens', () => {
  it('has the counts that the fill of the filters is computed from', () => {
    expect(tokensOf('1970-05-31')).toHaveLength(DATE_TOKENS.full);
    expect(tokensOf('1970')).toHaveLength(DATE_TOKENS.year);
    expect(tokensOf('0000-05')).toHaveLength(DATE_TOKENS.month);
    expect(tokensOf('')).toEqual([]);
  });

  it('keeps half of the tokens when day and month are swapped, fewer for an unrelated date', () => {
    expect(shared('1970-05-12', '1970-12-05')).toBe(10);
    expect(shared('1970-05-12', '1983-11-27')).toBeLessThan(4);
  });

  it('gives a partial date a part of the tokens of the full one, and no others', () => {
    for (const partial of ['1970', '1970-05', '1970-00-31']) {
      expect(shared(partial, '1970-05-31')).toBe(tokensOf(partial).length);
    }
  });
});

describe('refusalOfBirthDate', () => {
  it.each(['', '1970', '1970-05', '1972-02-29', '2000-02-29', '31/12/1999', '1970-05-00'])('accepts %s', (text) => {
    expect(refusalOfBirthDate(text)).toBeUndefined();
  });

  it.each(['22-12-2972', 'saJi', '1970-13-01', '1971-02-29', '1900-02-29', '31-04-1970', '1970-05-3I', '70-01-01'])(
    'refuses %s without repeating it', (text) => {
      const reason = refusalOfBirthDate(text);
      expect(reason).toMatch(/^expected/);
      expect(reason).not.toContain(text);
    });
});
