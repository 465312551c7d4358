import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { VinculumError } from '#libs/record';
import { minimumCountOf, parseDisclosurePolicy, perturbationTableOf } from './index.js';

const config = join(__dirname, '..', '..', '..', 'config');
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(config, ...path), 'utf8'));
const validate = new Ajv2020({ allowUnionTypes: true })
  .compile(read('schema', 'disclosure', 'v1.schema.json') as object);

function codeOf(json: unknown): string {
  try {
    perturbationTableOf(parseDisclosurePolicy(json));
  } catch (error) {
    if (error instanceof VinculumError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('examples: schema and reader agree', () => {
  it.each(readdirSync(join(config, 'schema', 'disclosure', 'examples')))('%s', (name) => {
    const json = read('schema', 'disclosure', 'examples', name);
    const verdict = name.startsWith('good') ? 'accepted'
      : name.startsWith('unsupported') ? 'DISCLOSURE_POLICY_UNSUPPORTED' : 'DISCLOSURE_POLICY_INVALID';
    expect(codeOf(json)).toBe(verdict);
    expect(validate(json)).toBe(name.startsWith('good'));
  });
});

describe('the policies that ship', () => {
  it.each(readdirSync(join(config, 'disclosure')))('%s: schema, reader and recorded table agree', (name) => {
    const json = read('disclosure', name);
    expect(validate(json)).toBe(true);
    expect(codeOf(json)).toBe('accepted');
  });
});

it('refuses a policy whose parameters give another table than the recorded one', () => {
  const policy = parseDisclosurePolicy(read('disclosure', 'default.json'));
  const { parameters } = policy.perturbation;
  const changed = {
    ...policy, perturbation: { ...policy.perturbation, parameters: { ...parameters, variance: 2.9 } },
  };
  expect(codeOf(changed)).toBe('PERTURBATION_TABLE_DIFFERS');
});

it('takes the highest minimum count that applies', () => {
  const policy = parseDisclosurePolicy(read('disclosure', 'default.json'));
  const dimensions = [{ id: 'SEX' }, { id: 'CITIZENSHIP_GRP' }];
  expect(minimumCountOf(policy, dimensions, ['_T', 'STLS'])).toBe(10);
  expect(minimumCountOf(policy, dimensions, ['_T', 'NAT'])).toBe(5);
  expect(minimumCountOf(policy, [{ id: 'SEX' }], ['STLS'])).toBe(5);
});
