import { VinculumError } from '#libs/record';
import type { EncodingSpec, SegmentSpec } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { inCanonicalOrder, type Role } from './roles.js';

/** Segments of the field-level profile and the roles of each; `other` stands for every `other:NAME`. */
const FIELD_LEVEL_LAYOUT: readonly { readonly name: string; readonly roles: readonly string[] }[] = [
  { name: 'given', roles: ['givenName'] },
  { name: 'family', roles: ['familyName'] },
  { name: 'full', roles: ['fullName'] },
  { name: 'birth', roles: ['birthDate', 'birthYear', 'birthMonth', 'birthDay'] },
  { name: 'origin', roles: ['sex', 'placeOfBirth'] },
  { name: 'place', roles: ['locality', 'postalCode'] },
  { name: 'address', roles: ['address'] },
  { name: 'phone', roles: ['phone'] },
  { name: 'identifier', roles: ['identifier'] },
  { name: 'other', roles: ['other'] },
];

/** Sparse: an error in a short field then leaves more of the filter alone than in the default profile. */
const FILL = 0.11;
const BITS = 1024;
const DIFFUSION = 10;

/**
 * A filter for each field: links better where errors are heavy, and **gives frequent values away**. Equal
 * names give equal filters, so that whoever holds the extract and a list of names can read off the frequent
 * ones by counting, in spite of the diffusion. To be used only where a board has accepted that risk: the
 * spec says so itself (`acceptSingleField`), and every extract carries its hash.
 * `config/encoding/field-level.json` is what it gives for all standard roles.
 *
 * @throws VinculumError ENCODING_SPEC_INVALID without any role.
 */
export function fieldLevelSpecForRoles(roles: readonly Role[]): EncodingSpec {
  if (roles.length === 0) {
    throw new VinculumError('ENCODING_SPEC_INVALID', 'expected at least one role to encode, got none');
  }
  const present = inCanonicalOrder(roles);
  const segments = FIELD_LEVEL_LAYOUT.flatMap(({ name, roles: own }): SegmentSpec[] => {
    const fields = present.filter((role) => own.includes(role.replace(/^other:.*/, 'other')));
    return fields.length === 0 ? [] : [{
      name, bits: BITS, fill: FILL, fields: fields.map((role) => ({ role })),
      hardening: [{ type: 'diffusion', t: DIFFUSION }],
    }];
  });
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'field-level', profile: 'field-level',
    acceptSingleField: true, segments,
  });
}
