import { VinculumError } from '#libs/record';
import type { EncodingSpec, SegmentSpec } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { inCanonicalOrder, isFrequentAlone, type Role } from './roles.js';

/**
 * A segment of the default profile: which roles it takes, and where they go when they may not stand alone.
 */
interface LayoutSegment {
  readonly name: string;
  readonly bits: number;
  /** Bits that diffusion XORs into one: the more, the sooner two different values look like chance. */
  readonly diffusion: number;
  /** `other` stands for every `other:NAME`. */
  readonly roles: readonly string[];
  /** Segments that take over a frequent field that would be alone, in order of preference. */
  readonly refuge: readonly string[];
  /** Whether a household shares these values, so that a field of the person's own has to join them. */
  readonly shared?: boolean;
}

const NAME_ROLES = ['givenName', 'familyName', 'fullName'];
const DATE_ROLES = ['birthDate', 'birthYear', 'birthMonth', 'birthDay'];
const BIRTH_ROLES = [...DATE_ROLES, 'sex', 'placeOfBirth'];

/**
 * The layout of the default profile; `config/encoding/default.json` is what it gives for all standard
 * roles. Hardening cannot hide that two filters are equal, and near-equal filters of a segment show up to
 * the radius that its diffusion leaves. So the wide radius (small t) is for segments whose values hardly
 * two people share or nearly share (`person`, `name`), the narrow one for those that many do (`birth`), and
 * what a household has in common (`place`, `contact`) never has a segment without somebody's own field:
 * a graph of households and birthdays is enough to name people. `docs/encoding.md` has the attacks' figures.
 */
export const DEFAULT_LAYOUT: readonly LayoutSegment[] = [
  { name: 'person', bits: 2048, diffusion: 10, roles: [...NAME_ROLES, ...BIRTH_ROLES], refuge: [] },
  { name: 'name', bits: 2048, diffusion: 12, roles: NAME_ROLES, refuge: ['birth', 'contact', 'place'] },
  { name: 'birth', bits: 1024, diffusion: 30, roles: BIRTH_ROLES, refuge: ['name', 'place', 'contact'] },
  {
    name: 'place', bits: 1024, diffusion: 30, roles: ['locality', 'postalCode', 'address'],
    refuge: ['contact', 'birth', 'name', 'person'], shared: true,
  },
  {
    name: 'contact', bits: 1024, diffusion: 7, roles: ['phone', 'identifier', 'other'],
    refuge: ['place', 'birth', 'name', 'person'], shared: true,
  },
];

/** Fields that tell the members of a household apart, the steadiest first. */
const OWN_FIELDS: readonly Role[] = ['givenName', 'fullName', 'birthDate', 'birthYear'];

/**
 * The default profile restricted to `roles`: up to five segments. `person` (names and birth together) needs
 * a name and a part of the date of birth; `place` and `contact` hold the given name too (else the full
 * name, the date or the year of birth), unless an identifier is all there is. A frequent field that would
 * have a segment for itself stays in `person` or moves to another segment. The result depends on the set of
 * roles and not on their order.
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
  if (!isWholePerson(present)) rolesOf.set('person', []);
  for (const segment of DEFAULT_LAYOUT) if (segment.shared) addOwnField(segment, rolesOf, present);
  for (const segment of DEFAULT_LAYOUT) moveLoneField(segment, rolesOf);
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'default', profile: 'default',
    segments: DEFAULT_LAYOUT.filter(({ name }) => rolesOf.get(name)?.length).map((segment): SegmentSpec => ({
      name: segment.name, bits: segment.bits, fill: 0.2,
      fields: inCanonicalOrder(rolesOf.get(segment.name) ?? []).map((role) => ({ role })),
      hardening: [{ type: 'diffusion', t: segment.diffusion }],
    })),
  });
}

function isWholePerson(roles: readonly Role[]): boolean {
  return [NAME_ROLES, DATE_ROLES].every((some) => roles.some((role) => some.includes(role)));
}

function addOwnField({ name }: LayoutSegment, rolesOf: Map<string, Role[]>, present: readonly Role[]): void {
  const shared = rolesOf.get(name) ?? [];
  const own = OWN_FIELDS.find((role) => present.includes(role));
  // An identifier is somebody's own already.
  if (own !== undefined && shared.some((role) => role !== 'identifier')) shared.push(own);
}

function moveLoneField(segment: LayoutSegment, rolesOf: Map<string, Role[]>): void {
  const own = rolesOf.get(segment.name) ?? [];
  if (own.length !== 1 || !isFrequentAlone(own[0])) return;
  if (rolesOf.get('person')?.includes(own[0])) {
    rolesOf.set(segment.name, []);
    return;
  }
  const refuge = segment.refuge.find((name) => rolesOf.get(name)?.length);
  if (refuge === undefined) return;
  rolesOf.get(refuge)?.push(own[0]);
  rolesOf.set(segment.name, []);
}
