import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { bitsPerToken, expectedTokensOfSegment } from './bits-per-token.js';
import { DEFAULT_LAYOUT, defaultSpecForRoles } from './default-spec.js';
import { encodingSpecHash, innerBits, segmentShapes } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { STANDARD_ROLES, type Role } from './roles.js';

const GOOD = {
  kind: 'vinculum-encoding-spec', version: 1, name: 'trial', profile: 'default',
  segments: [{
    name: 'name', bits: 512, fields: [{ role: 'givenName' }, { role: 'familyName', weight: 2 }],
    hardening: [{ type: 'diffusion', t: 10 }],
  }],
};
const withSegment = (change: object): object => ({ ...GOOD, segments: [{ ...GOOD.segments[0], ...change }] });
const BLOCK = {
  name: 'both', parts: [{ role: 'givenName', take: 'letters', letters: 1 }, { role: 'familyName', take: 'soundex' }],
};
const withBlock = (...parts: object[]): object => ({ ...GOOD, blocks: [{ name: 'rule', parts }] });
const withFields = (...fields: object[]): object => withSegment({ fields });

function refusal(json: unknown): string {
  try {
    parseEncodingSpec(json);
  } catch (error) {
    expect(error).toBeInstanceOf(VinculumError);
    expect((error as VinculumError).code).toBe('ENCODING_SPEC_INVALID');
    return (error as VinculumError).message;
  }
  return 'accepted';
}

describe('parseEncodingSpec', () => {
  it('takes a good spec as it is', () => {
    expect(parseEncodingSpec(GOOD)).toEqual(GOOD);
  });

  it.each([
    ['null', null, /expected a JSON object/], ['a list', [], /expected a JSON object/],
    ['another kind', { ...GOOD, kind: 'x' }, /kind: expected/], ['another version', { ...GOOD, version: 2 }, /version/],
    ['an unknown member', { ...GOOD, secret: 'x' }, /unknown member "secret"/],
    ['no segments', { ...GOOD, segments: [] }, /1 to 32 segments/],
    ['the same segment twice', { ...GOOD, segments: [GOOD.segments[0], GOOD.segments[0]] }, /there twice/],
    ['an odd length', withSegment({ bits: 500 }), /multiple of 64/],
    ['a huge length', withSegment({ bits: 131072 }), /multiple of 64/],
    ['a length too small before balancing', withSegment({ bits: 64, hardening: [{ type: 'balance' }] }), /would have 32 bits/],
    ['a fraction of a bit between two steps',
      withSegment({ bits: 64, hardening: Array(7).fill({ type: 'balance' }) }), /hardening\[6\]: .* would have 32 bits/],
    ['fractions that grow back to a whole filter',
      withSegment({ bits: 64, hardening: [...Array(4).fill({ type: 'xor-fold' }), ...Array(4).fill({ type: 'balance' })] }),
      /hardening\[7\]: .* would have 32 bits/],
    ['fewer bits between two steps than diffusion combines',
      withSegment({ bits: 128, hardening: [{ type: 'balance' }, { type: 'diffusion', t: 64, innerBits: 64 }] }),
      /hardening\[0\]: .* would have 32 bits/],
    ['more bits between two steps than a filter may have',
      withSegment({ bits: 65536, hardening: [{ type: 'balance' }, { type: 'xor-fold' }] }), /hardening\[1\]: .* would have 131072 bits/],
    ['no rule for blocks', { ...GOOD, blocks: [] }, /blocks: expected 1 to 4 rules/],
    ['five rules for blocks', { ...GOOD, blocks: Array(5).fill(BLOCK) }, /blocks: expected 1 to 4 rules/],
    ['a block named as a segment', { ...GOOD, blocks: [{ ...BLOCK, name: 'name' }] }, /"name" is there twice/],
    ['a block of a field that no segment holds', withBlock({ role: 'phone', take: 'value' }), /no segment holds phone/],
    ['a block of a date that no segment holds', withBlock(...BLOCK.parts, { role: 'birthDate', take: 'year' }),
      /no segment holds birthDate/],
    ['a block of surnames alone', withBlock({ role: 'familyName', take: 'value' }), /the value of familyName alone repeats/],
    ['five parts of a block', withBlock(...Array(5).fill(BLOCK.parts[0])), /1 to 4 parts/],
    ['a role twice in a block', withBlock(BLOCK.parts[0], BLOCK.parts[0]), /a role is there twice/],
    ['a year of birth by itself in a block', withBlock({ role: 'birthYear', take: 'year' }), /birthDate for a date in columns/],
    ['letters without a number', withBlock({ role: 'givenName', take: 'letters' }), /letters: expected 1 to 8/],
    ['a number of letters of a code', withBlock({ role: 'givenName', take: 'soundex', letters: 2 }), /letters: expected 1 to 8/],
    ['an unknown role', withFields({ role: 'shoeSize' }, { role: 'sex' }), /unknown role/],
    ['a role twice', withFields({ role: 'sex' }, { role: 'sex' }), /a role is there twice/],
    ['an unknown token type', withFields({ role: 'fullName', tokens: { type: 'soundex' } }), /expected one of/],
    ['a date read as bigrams', withFields({ role: 'birthDate', tokens: { type: 'exact' } }), /"date" is for/],
    ['an unknown step', withSegment({ hardening: [{ type: 'toString' }] }), /expected one of diffusion/],
    ['t too small', withSegment({ hardening: [{ type: 'diffusion', t: 1 }] }), /2 to 64/],
    ['f out of range', withSegment({ hardening: [{ type: 'blip', f: 1 }] }), /between 0 and 1/],
    ['salt without a birth year', withSegment({ hardening: [{ type: 'birth-year-salt' }] }), /needs birthDate/],
    ['a fill of one', withSegment({ fill: 1 }), /0.01 to 0.9/],
    ['acceptance without its profile', { ...GOOD, acceptSingleField: true }, /needs "profile":"field-level"/],
  ])('refuses %s', (_name, json, reason) => {
    expect(refusal(json)).toMatch(reason);
  });

  it.each(['givenName', 'familyName', 'sex', 'placeOfBirth', 'locality', 'postalCode', 'birthYear', 'birthMonth', 'other:x'])(
    'refuses a segment of %s alone, unless the spec is field-level and accepts it', (role) => {
      expect(refusal(withFields({ role }))).toMatch(/alone repeats so often/);
      const accepted = { ...withFields({ role }), profile: 'field-level', acceptSingleField: true };
      expect(parseEncodingSpec(accepted)).toEqual(accepted);
    });

  it.each(['birthDate', 'fullName', 'phone', 'identifier', 'address'])('accepts %s alone', (role) => {
    expect(refusal(withFields({ role }))).toBe('accepted');
  });

  it('lists every reason', () => {
    const message = refusal({ ...GOOD, version: 0, name: '', segments: [{ name: 'A', bits: 1, fields: [{}], hardening: [{}] }] });
    for (const reason of ['version', 'name: expected a text', 'segments[0].name', 'bits', 'role', 'hardening[0].type']) {
      expect(message).toContain(reason);
    }
  });

  it('answers any JSON with a spec or a refusal', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => { refusal(json); }));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (fields, hardening) => {
      refusal(withSegment({ fields, hardening }));
    }));
  });
});

describe('bitsPerToken', () => {
  it('reaches the fill that the segment asks for', () => {
    for (const fill of [0.1, 0.2, 0.45]) {
      const segment = { ...defaultSpecForRoles(['givenName', 'familyName']).segments[0], fill };
      const draws = bitsPerToken(segment) * expectedTokensOfSegment(segment);
      expect(1 - (1 - 1 / innerBits(segment)) ** draws).toBeCloseTo(fill, 1);
    }
  });
});

describe('defaultSpecForRoles', () => {
  it('is config/encoding/default.json for all standard roles', () => {
    const file = JSON.parse(readFileSync(`${__dirname}/../../../config/encoding/default.json`, 'utf8'));
    expect(defaultSpecForRoles(STANDARD_ROLES)).toEqual(file);
  });

  it('gives any two roles a valid spec that holds each, and refuses a lone frequent field', () => {
    const roles = fc.uniqueArray(fc.constantFrom<Role>(...STANDARD_ROLES, 'other:a', 'other:b'), { minLength: 2 });
    fc.assert(fc.property(roles, (chosen) => {
      const spec = defaultSpecForRoles(chosen);
      const held = spec.segments.flatMap((segment) => segment.fields.map(({ role }) => role));
      expect([...new Set(held)].sort()).toEqual([...chosen].sort());
      expect(defaultSpecForRoles([...chosen].reverse())).toEqual(spec);
    }));
    expect(() => defaultSpecForRoles(['sex'])).toThrow(/sex alone repeats/);
    expect(() => defaultSpecForRoles([])).toThrow(/at least one role/);
  });

  const rolesOfSegment = (roles: readonly Role[]): Record<string, string[]> => Object.fromEntries(
    defaultSpecForRoles(roles).segments.map(({ name, fields }) => [name, fields.map(({ role }) => role)]));

  it('gives what a household shares no segment without a field of the person\'s own', () => {
    expect(rolesOfSegment(['givenName', 'familyName', 'birthDate', 'address', 'phone'])).toMatchObject({
      place: ['givenName', 'address'], contact: ['givenName', 'phone'],
    });
    expect(rolesOfSegment(['familyName', 'birthDate', 'locality']).place).toEqual(['birthDate', 'locality']);
    expect(rolesOfSegment(['givenName', 'familyName', 'identifier']).contact).toEqual(['identifier']);
  });

  it('has a filter of the whole person only where there is a name and a date of birth', () => {
    expect(Object.keys(rolesOfSegment(['givenName', 'familyName', 'birthDate', 'sex']))).toEqual(['person', 'name', 'birth']);
    expect(Object.keys(rolesOfSegment(['givenName', 'familyName', 'sex', 'address']))).toEqual(['name', 'place']);
    expect(rolesOfSegment(['givenName', 'birthDate'])).toEqual({ person: ['givenName', 'birthDate'], birth: ['birthDate'] });
    expect(rolesOfSegment(['familyName', 'birthDay', 'postalCode'])).toEqual({ person: ['familyName', 'birthDay', 'postalCode'] });
  });

  it('has the shapes of the layout', () => {
    const shapes = segmentShapes(defaultSpecForRoles(STANDARD_ROLES));
    expect(shapes).toEqual(DEFAULT_LAYOUT.map(({ name, bits }) => ({ name, bits })));
  });
});

describe('encodingSpecHash', () => {
  it('does not depend on the order of members', () => {
    const reordered = Object.fromEntries(Object.entries(GOOD).reverse());
    expect(encodingSpecHash(parseEncodingSpec(reordered))).toBe(encodingSpecHash(parseEncodingSpec(GOOD)));
    expect(encodingSpecHash(parseEncodingSpec({ ...GOOD, name: 'other' }))).not.toBe(encodingSpecHash(parseEncodingSpec(GOOD)));
  });
});
