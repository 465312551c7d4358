/**
 * Roles that a column of a register can play in an encoding, in canonical order; `other:NAME` comes after.
 */
export const STANDARD_ROLES = [
  'givenName', 'familyName', 'fullName', 'birthDate', 'birthYear', 'birthMonth', 'birthDay', 'sex',
  'placeOfBirth', 'locality', 'postalCode', 'address', 'phone', 'identifier',
] as const;

export type StandardRole = (typeof STANDARD_ROLES)[number];
export type Role = StandardRole | `other:${string}`;

const OTHER_ROLE = /^other:[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Whether `text` names a role: one of `STANDARD_ROLES`, or `other:` and a name of 1-64 characters. */
export function isRole(text: unknown): text is Role {
  if (typeof text !== 'string') return false;
  return (STANDARD_ROLES as readonly string[]).includes(text) || OTHER_ROLE.test(text);
}

/** Roles without repetition in canonical order, so that a spec does not depend on the order of columns. */
export function inCanonicalOrder(roles: readonly Role[]): Role[] {
  const others = [...new Set(roles)].filter((role) => role.startsWith('other:')).sort();
  return [...STANDARD_ROLES.filter((role) => roles.includes(role)), ...others];
}

/**
 * Fields of one family share one key inside a segment, so that a token means the same whichever
 * column held it: surnames written as given names, a birth date split over three columns, a locality
 * inside the address line.
 */
export function familyOf(role: Role): string {
  if (role === 'givenName' || role === 'familyName' || role === 'fullName') return 'name';
  if (role.startsWith('birth')) return 'birth';
  if (role === 'locality' || role === 'address') return 'place';
  return role;
}

/**
 * Whether a filter of this role alone repeats so often in a population that its values can be read off
 * their frequencies, whatever the hardening (equal values give equal filters).
 */
export function isFrequentAlone(role: Role): boolean {
  return !['fullName', 'birthDate', 'address', 'phone', 'identifier'].includes(role);
}
