import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { DIMENSION_CODES } from '#libs/cohort';

interface CodeList { codes: { code: string; name: string; use?: string }[] }

const config = join(__dirname, '..', '..', 'config');
const read = (...path: string[]): CodeList =>
  JSON.parse(readFileSync(join(config, ...path), 'utf8')) as CodeList;
const validate = new Ajv2020().compile(read('schema', 'concepts', 'v1.schema.json'));

describe('code lists', () => {
  it.each(readdirSync(join(config, 'concepts')))('%s satisfies its schema, each code once', (name) => {
    const list = read('concepts', name);
    expect(validate(list)).toBe(true);
    expect(new Set(list.codes.map(({ code }) => code)).size).toBe(list.codes.length);
  });

  it.each(readdirSync(join(config, 'schema', 'concepts', 'examples')))('example %s', (name) => {
    expect(validate(read('schema', 'concepts', 'examples', name))).toBe(name.startsWith('good'));
  });

  it.each([
    ['SEX', 'sex.json'], ['AGE', 'age-groups.json'], ['CITIZENSHIP_GRP', 'citizenship-groups.json'],
  ] as const)('%s is tabulated by the codes of %s, in its order', (dimension, file) => {
    expect(read('concepts', file).codes.map(({ code }) => code)).toEqual(DIMENSION_CODES[dimension]);
  });

  it('know the stateless and the undetermined beside the 249 countries of ISO 3166-1', () => {
    const codes = read('concepts', 'countries.json').codes.map(({ code }) => code);
    expect(codes.filter((code) => /^[A-Z]{2}$/.test(code))).toHaveLength(249);
    expect(codes).toEqual(expect.arrayContaining(['STLS', 'UNK', 'AT', 'EE']));
  });
});
