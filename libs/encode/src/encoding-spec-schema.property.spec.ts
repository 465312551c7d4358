import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { defaultSpecForRoles } from './default-spec.js';
import { BLOCK_TAKES } from './block-rules.js';
import { TOKEN_TYPES } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { STANDARD_ROLES } from './roles.js';

const config = join(__dirname, '..', '..', '..', 'config');
const examples = join(config, 'schema', 'encoding', 'examples');
const read = (...path: string[]): { kind?: string } =>
  JSON.parse(readFileSync(join(...path), 'utf8')) as { kind?: string };
const validate = new Ajv2020().compile(read(config, 'schema', 'encoding', 'v1.schema.json'));
/** What a schema cannot say, see its description; examples of it are called beyond-*.json. */
const BEYOND =
  /is there twice|have one weight together|the filter before this step would have|no segment holds/;

/** Reasons of the refusal, or undefined when the document is accepted. */
function refusal(json: unknown): string | undefined {
  try {
    parseEncodingSpec(json);
  } catch (error) {
    if (!(error instanceof VinculumError)) throw error;
    expect(error.code).toBe('ENCODING_SPEC_INVALID');
    return error.message;
  }
  return undefined;
}

describe('examples of encoding specs: schema and reader agree', () => {
  it.each(readdirSync(examples))('%s', (name) => {
    const json = read(examples, name);
    expect(refusal(json) === undefined).toBe(name.startsWith('good-'));
    expect(validate(json)).toBe(/^(good|beyond)-/.test(name));
  });

  it('there are some of each kind', () => {
    const kinds = readdirSync(examples).map((name) => name.split('-')[0]);
    expect(new Set(kinds)).toEqual(new Set(['good', 'bad', 'beyond', 'unsupported']));
  });
});

describe('the encoding specs that ship: schema and reader accept them', () => {
  const files = readdirSync(join(config, 'encoding'))
    .filter((name) => read(config, 'encoding', name).kind === 'vinculum-encoding-spec');
  it.each(files)('%s', (name) => {
    const json = read(config, 'encoding', name);
    expect(refusal(json)).toBeUndefined();
    expect(validate(json)).toBe(true);
  });
  it('default.json is among them', () => expect(files).toContain('default.json'));
});

/** Mostly what a spec may hold, sometimes the first value beyond a limit, rarely anything. */
const mostly = (good: fc.Arbitrary<unknown>, edge: readonly unknown[]): fc.Arbitrary<unknown> => fc.oneof(
  { arbitrary: good, weight: 150 }, { arbitrary: fc.constantFrom(...edge), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 1 }), weight: 1 });
type Fields = Record<string, fc.Arbitrary<unknown>>;
const object = (required: Fields, optional: Fields = {}): fc.Arbitrary<unknown> => {
  const all = { ...required, ...optional };
  return fc.oneof(
    { arbitrary: fc.record(all, { requiredKeys: Object.keys(required) }), weight: 200 },
    { arbitrary: fc.record(all, { requiredKeys: [] }), weight: 1 },
    { arbitrary: fc.record({ ...required, surplus: fc.constant(1) }), weight: 1 });
};

const role = mostly(fc.constantFrom(...STANDARD_ROLES, 'other:a'), [
  'other:', 'other:birth', 'Sex', `other:${'x'.repeat(65)}`,
]);
const bits = mostly(fc.constantFrom(64, 128, 4096, 65536), [0, 63, 65, 96, 128.5, 65600, '64']);
const tokens = object({ type: mostly(fc.constantFrom(...TOKEN_TYPES), ['words']) });
const weight = mostly(fc.constantFrom(0.05, 1, 16), [0.049, 16.001, '1']);
const field = fc.oneof({ arbitrary: object({ role }), weight: 5 }, object({ role }, { weight, tokens }));
const step = fc.oneof(
  object({ type: fc.constant('diffusion'), t: mostly(fc.constantFrom(2, 10, 64), [1, 65, 2.5, null]) },
    { innerBits: bits }),
  object({ type: fc.constant('blip'), f: mostly(fc.constantFrom(0.001, 0.5, 0.999), [0, 1, -0]) }),
  object({ type: mostly(fc.constantFrom('xor-fold', 'rule-90', 'balance', 'birth-year-salt'), ['salt', 'diffusion']) }));
const name = mostly(fc.constantFrom('a', 'nameOf-x_1', `a${'b'.repeat(63)}`, 'field-level'),
  ['', 'A', `a${'b'.repeat(64)}`, 'a\n', '1a']);
const fields = mostly(fc.array(field, { minLength: 1, maxLength: 4 }), [[]]);
const steps = mostly(fc.array(step, { maxLength: 3 }), [8, 9].map((n) => Array(n).fill({ type: 'rule-90' })));
const segment = object({ name, bits, fields }, {
  fill: mostly(fc.constantFrom(0.01, 0.2, 0.9), [0, 0.0099, 0.91]),
  hardening: steps,
});
const part = fc.oneof(
  object({ role, take: fc.constantFrom('value', 'soundex', 'letters', 'words') },
    { letters: mostly(fc.constantFrom(1, 8), [0, 9, 1.5, '1']) }),
  object({ role, take: fc.constant('letters'), letters: mostly(fc.constantFrom(1, 8), [0, 9, 1.5, '1']) }),
  object({ role: mostly(fc.constant('birthDate'), ['birthYear']), take: mostly(fc.constantFrom('date', 'year'), BLOCK_TAKES) }));
const parts = mostly(fc.array(part, { minLength: 1, maxLength: 4 }), [[], Array(5).fill({ role: 'phone', take: 'value' })]);
const blocks = mostly(fc.array(object({ name, parts }), { minLength: 1, maxLength: 3 }), [[], null]);
const spec = object({
  kind: mostly(fc.constant('vinculum-encoding-spec'), ['x']), version: mostly(fc.constant(1), [0, 2, '1', 1.5]),
  name: mostly(fc.constantFrom('trial', 'x'.repeat(200)), ['', 'x'.repeat(201)]),
  profile: fc.oneof(fc.constant('field-level'), name),
  segments: mostly(fc.array(segment, { minLength: 1, maxLength: 2 }), [[]]),
}, { acceptSingleField: mostly(fc.boolean(), ['true', 1]), blocks });

/** The default layout with one member somewhere inside another value, or gone. */
const changedDefault = fc.tuple(fc.nat(5), fc.array(fc.nat(30), { minLength: 6, maxLength: 6 }),
  fc.option(fc.jsonValue(), { nil: undefined })).map(([depth, way, value]) => {
  const document = structuredClone(defaultSpecForRoles(STANDARD_ROLES));
  let at = document as unknown as Record<string, unknown>;
  for (let level = 0; ; level++) {
    const keys = Object.keys(at);
    const key = keys[way[level] % keys.length];
    const next = at[key];
    if (level < depth && typeof next === 'object' && next !== null) {
      at = next as Record<string, unknown>;
      continue;
    }
    at[key] = value;
    // A member that is undefined is no member of a JSON document.
    return JSON.parse(JSON.stringify(document)) as unknown;
  }
});

it('the schema accepts what the reader accepts, and besides only what a schema cannot refuse', () => {
  const seen = { accepted: 0, refused: 0, beyond: 0 };
  const documents = fc.oneof({ arbitrary: spec, weight: 3 }, { arbitrary: changedDefault, weight: 1 });
  fc.assert(fc.property(documents, (json) => {
    const reasons = refusal(json);
    const valid = validate(json);
    if (reasons === undefined) expect(valid).toBe(true);
    else if (valid) expect(reasons).toMatch(BEYOND);
    seen[reasons === undefined ? 'accepted' : valid ? 'beyond' : 'refused']++;
  }), { numRuns: 3000 });
  // So that none of the three branches is empty.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(30);
});
