import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { VinculumError } from '#libs/record';
import { parseCohortDefinition } from './index.js';

const config = join(__dirname, '..', '..', '..', 'config');
const read = (...path: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(join(config, ...path), 'utf8')) as Record<string, unknown>;
const examples = readdirSync(join(config, 'schema', 'cohort', 'examples'));
const validate = new Ajv2020().compile(read('schema', 'cohort', 'v1.schema.json'));

function codeOf(json: unknown): string {
  try {
    parseCohortDefinition(json);
  } catch (error) {
    if (error instanceof VinculumError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('examples: schema and reader agree', () => {
  it.each(examples)('%s', (name) => {
    const json = read('schema', 'cohort', 'examples', name);
    const verdict = name.startsWith('good') ? 'accepted'
      : name.startsWith('unsupported') ? 'COHORT_DEFINITION_UNSUPPORTED' : 'COHORT_DEFINITION_INVALID';
    expect(codeOf(json)).toBe(verdict);
    expect(validate(json)).toBe(name.startsWith('good'));
  });
});

describe('the definitions that ship', () => {
  it.each(readdirSync(join(config, 'cohorts')))('%s satisfies the schema and waits for the request', (name) => {
    const json = read('cohorts', name);
    expect(validate(json)).toBe(true);
    expect(codeOf(json)).toBe('COHORT_DEFINITION_INVALID');
  });

  it('are filled by the request', () => {
    const stock = parseCohortDefinition(read('cohorts', 'usual-residents-12m.json'),
      { referenceDate: '2024-01-01', homeCountry: 'AT' });
    expect(stock).toMatchObject({ referenceDate: '2024-01-01', observedUntil: '2024-01-01', homeCountry: 'AT' });
    const flow = parseCohortDefinition(read('cohorts', 'immigrants-of-a-year-12m.json'),
      { year: 2023, homeCountry: 'AT', observedUntil: '2024-12-31' });
    expect(flow).toMatchObject({ period: { year: 2023 }, observedUntil: '2024-12-31' });
    expect(parseCohortDefinition(read('cohorts', 'immigrants-of-a-year-12m.json'), { year: 2023, homeCountry: 'AT' }))
      .toMatchObject({ observedUntil: '2023-12-31' });
  });

  it('cannot be changed where they are fixed', () => {
    const fixed = { ...read('cohorts', 'usual-residents-12m.json'), homeCountry: 'AT' };
    expect(() => parseCohortDefinition(fixed, { referenceDate: '2024-01-01', homeCountry: 'XX' }))
      .toThrow(/homeCountry: the definition does not leave it to the request/);
    expect(() => parseCohortDefinition(fixed, { referenceDate: '2024-01-01', year: 2023 })).toThrow(/period/);
  });
});

it('names every reason, and what only a reader can see', () => {
  const good = read('schema', 'cohort', 'examples', 'good-stock.json');
  expect(() => parseCohortDefinition({ ...good, referenceDate: '2024-02-30', dimensions: [], title: 'a\nb' }))
    .toThrow(/title.*referenceDate.*dimensions/s);
  expect(() => parseCohortDefinition({ ...good, observedUntil: '2023-12-31' })).toThrow(/observedUntil/);
  expect(() => parseCohortDefinition({ ...good, durationCriterion: 'toString' })).toThrow(/durationCriterion/);
  expect(() => parseCohortDefinition(null)).toThrow(VinculumError);
});
