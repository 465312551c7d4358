import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { createClkhashEncoder, clkhashSchemaHash, parseClkhashSchema } from './clkhash/index.js';
import { defaultSpecForRoles } from './default-spec.js';
import { encodingSpecHash } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';

const { cases } = JSON.parse(readFileSync(resolve(__dirname, '../../../test/vectors/clkhash_filters.json'), 'utf8')) as {
  cases: { schema: object }[];
};
const FIRST_VERSION = {
  version: 1, clkConfig: { l: 64, k: 5, hash: { type: 'doubleHash' }, kdf: { type: 'HKDF' } },
  features: [{ identifier: 'n', format: { type: 'string' }, hashing: { ngram: 2, weight: 1.5 } }],
};
const clkhash = [FIRST_VERSION, ...cases.map(({ schema }) => schema)];
const native = [defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex'])];

/** Values that a careless reader trips over. */
const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(
  { toString: 1, valueOf: 1 }, 1e308, -0, -1, 0.5, '', [], {}, null, true, '__proto__', '(', '%Q', 2 ** 53));

/** One member somewhere in a document is another value, or gone. */
function mutated(documents: readonly object[]): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...documents), fc.array(fc.nat(30), { maxLength: 6 }), odd, fc.boolean())
    .map(([document, way, value, remove]) => {
      const copy = structuredClone(document) as Record<string, unknown>;
      let at = copy;
      for (const step of way) {
        const keys = Object.keys(at);
        if (keys.length === 0) break;
        const key = keys[step % keys.length];
        const next = at[key];
        if (typeof next === 'object' && next !== null && step % 7 > 0) at = next as Record<string, unknown>;
        else if (remove) delete at[key];
        else at[key] = value;
      }
      return copy;
    });
}

/** What a parser makes of a document; a refusal has to be one. */
function answer<Parsed>(parse: (json: unknown) => Parsed, json: unknown): Parsed | undefined {
  try {
    return parse(json);
  } catch (error) {
    if (!(error instanceof VinculumError)) throw error;
    return undefined;
  }
}

describe('any JSON as a spec', () => {
  it('is a clkhash schema that encodes, or is refused', () => {
    const secret = new Uint8Array(32);
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), mutated(clkhash)), (json) => {
      const schema = answer(parseClkhashSchema, json);
      if (schema === undefined || schema.bits > 4096) return;
      expect(clkhashSchemaHash(schema)).toMatch(/^[0-9a-f]{64}$/);
      const encoder = createClkhashEncoder(schema, secret);
      const filter = encoder.encode(encoder.identifiers.map(() => '1'));
      if (filter instanceof Uint8Array) expect(filter).toHaveLength(Math.ceil(schema.bits / 8));
      else expect(filter.length).toBeGreaterThan(0);
    }), { numRuns: 1000 });
  });

  it('is an encoding spec with a hash, or is refused', () => {
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), mutated(native)), (json) => {
      const spec = answer(parseEncodingSpec, json);
      if (spec !== undefined) expect(encodingSpecHash(spec)).toMatch(/^[0-9a-f]{64}$/);
    }), { numRuns: 1000 });
  });

  it('is refused, not stumbled over, where a number or a text was expected', () => {
    const feature = FIRST_VERSION.features[0];
    for (const json of [
      { ...FIRST_VERSION, features: [{ ...feature, format: { type: { toString: 1, valueOf: 1 } } }] },
      { ...FIRST_VERSION, features: [{ ...feature, hashing: { ngram: 2, weight: 1e308 } }] },
    ]) expect(() => parseClkhashSchema(json)).toThrow(expect.objectContaining({ code: 'CLKHASH_SCHEMA_INVALID' }));
  });
});
