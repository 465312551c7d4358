import { VinculumError } from '#libs/record';
import type { EncodingSpec, HardeningStep, SegmentSpec } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { inCanonicalOrder, isFrequentAlone, type Role } from './roles.js';

/**
 * A segment of the default profile: which roles it takes, and where they go when they may not stand alone.
 */
interface LayoutSegment {
  readonly name: string;
  readonly bits: number;
  /** `other` stands for every `other:NAME`. */
  readonly roles: readonly string[];
  /** Segments that take over a frequent field that would be alone, in order of preference. */
  readonly refuge: readonly string[];
}

/**
 * The layout of the default profile; `config/encoding/default.json` is what it gives for all standard
 * roles.
 */
export const DEFAULT_LAYOUT: readonly LayoutSegment[] = [
  {
    name: 'name', bits: 2048, roles: ['givenName', 'familyName', 'fullName'],
    refuge: ['birth', 'contact', 'place'],
  },
  {
    name: 'birth', bits: 1024,
    roles: ['birthDate', 'birthYear', 'birthMonth', 'birthDay', 'sex', 'placeOfBirth'],
    refuge: ['name', 'place', 'contact'],
  },
  {
    name: 'place', bits: 1024, roles: ['locality', 'postalCode', 'address'],
    refuge: ['contact', 'birth', 'name'],
  },
  {
    name: 'contact', bits: 1024, roles: ['phone', 'identifier', 'other'],
    refuge: ['place', 'birth', 'name'],
  },
];

const DEFAULT_HARDENING: readonly HardeningStep[] = [{ type: 'diffusion', t: 10 }];

/**
 * The default profile restricted to `roles`: up to four segments (name, birth, place, contact), diffusion
 * with t = 10. A frequent field that would have a segment for itself moves to another one. The result
 * depends on the set of roles and not on their order.
 *
 * @throws VinculumError ENCODING_SPEC_INVALID when the roles allow no safe filter, such as sex alone.
 */
export function defaultSpecForRoles(roles: readonly Role[]): EncodingSpec {
  if (roles.length === 0) {
    throw new VinculumError('ENCODING_SPEC_INVALID', 'expected at least one role to encode, got none');
  }
  const present = inCanonicalOrder(roles);
  const rolesOf = new Map(DEFAULT_LAYOUT.map((segment) =>
    [segment.name, present.filter((role) => segment.roles.includes(role.replace(/^other:.*/, 'other')))]));
  for (const segment of DEFAULT_LAYOUT) moveLoneField(segment, rolesOf);
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'default', profile: 'default',
    segments: DEFAULT_LAYOUT.filter(({ name }) => rolesOf.get(name)?.length).map((segment): SegmentSpec => ({
      name: segment.name, bits: segment.bits, fill: 0.2,
      fields: inCanonicalOrder(rolesOf.get(segment.name) ?? []).map((role) => ({ role })),
      hardening: DEFAULT_HARDENING,
    })),
  });
}

function moveLoneField(segment: LayoutSegment, rolesOf: Map<string, Role[]>): void {
  const own = rolesOf.get(segment.name) ?? [];
  if (own.length !== 1 || !isFrequentAlone(own[0])) return;
  const refuge = segment.refuge.find((name) => rolesOf.get(name)?.length);
  if (refuge === undefined) return;
  rolesOf.get(refuge)?.push(own[0]);
  rolesOf.set(segment.name, []);
}
