import { readFileSync } from 'node:fs';
import { encodingSpecHash } from './encoding-spec.js';
import { fieldLevelSpecForRoles } from './field-level-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { STANDARD_ROLES } from './roles.js';

describe('the field-level profile', () => {
  it('is config/encoding/field-level.json for all standard roles', () => {
    const file = JSON.parse(readFileSync(`${__dirname}/../../../config/encoding/field-level.json`, 'utf8'));
    expect(fieldLevelSpecForRoles(STANDARD_ROLES)).toEqual(file);
  });

  it('says that it accepts filters of one field, and is refused without saying so', () => {
    const spec = fieldLevelSpecForRoles(['givenName', 'familyName', 'birthDate']);
    expect(spec.segments.map(({ name, fields }) => [name, ...fields.map(({ role }) => role)])).toEqual(
      [['given', 'givenName'], ['family', 'familyName'], ['birth', 'birthDate']]);
    expect(() => parseEncodingSpec({ ...spec, acceptSingleField: false })).toThrow(/givenName alone repeats/);
    expect(() => parseEncodingSpec({ ...spec, profile: 'default' })).toThrow(/needs "profile":"field-level"/);
  });

  it('hardens every segment, has at most ten, and does not depend on the order of roles', () => {
    const spec = fieldLevelSpecForRoles([...STANDARD_ROLES, 'other:state', 'other:clan']);
    expect(spec.segments).toHaveLength(10);
    for (const { hardening } of spec.segments) expect(hardening).toEqual([{ type: 'diffusion', t: 10 }]);
    const turned = fieldLevelSpecForRoles(['other:clan', 'other:state', ...[...STANDARD_ROLES].reverse()]);
    expect(encodingSpecHash(turned)).toBe(encodingSpecHash(spec));
  });

  it('needs a role', () => {
    expect(() => fieldLevelSpecForRoles([])).toThrow(/at least one role/);
  });
});
