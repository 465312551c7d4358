import { STANDARD_ROLES, inCanonicalOrder, isRole, type Role } from '#libs/encode';
import { VinculumError } from '#libs/record';
import { UNDECODABLE } from './csv-rows.js';

/** Which columns play which role; the values of several columns of one role are joined by a space. */
export type ColumnMapping = ReadonlyMap<Role, readonly string[]>;

/**
 * Reads `role=column,role=column`, for example `givenName=given_names,familyName=surname`.
 *
 * @throws VinculumError COLUMNS_INVALID with every reason.
 */
export function parseColumnMapping(text: string): ColumnMapping {
  const mapping = new Map<Role, string[]>();
  const reasons: string[] = [];
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const role = pair.slice(0, Math.max(at, 0)).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || column === '') reasons.push(`expected role=column, got "${pair}"`);
    else if (!isRole(role)) reasons.push(`"${role}" is no role`);
    else mapping.set(role, [...mapping.get(role) ?? [], column]);
  }
  if (reasons.length === 0) return mapping;
  throw new VinculumError('COLUMNS_INVALID',
    `${reasons.join('; ')}; roles are ${STANDARD_ROLES.join(', ')} and other:NAME`);
}

/** Roles of a mapping in canonical order. */
export function rolesOf(mapping: ColumnMapping): Role[] {
  return inCanonicalOrder([...mapping.keys()]);
}

/**
 * Reader of the values of a record: one for each of `roles`, '' where the mapping has no column for it.
 *
 * @throws VinculumError COLUMNS_INVALID when a column is not in the header.
 */
export function valueReader(
  mapping: ColumnMapping, roles: readonly Role[], header: readonly string[],
): (record: readonly string[]) => string[] {
  const places = roles.map((role) => (mapping.get(role) ?? []).map((column) => placeOf(column, header)));
  return (record) => {
    const values = new Array<string>(places.length);
    for (let i = 0; i < places.length; i++) {
      const columns = places[i];
      values[i] = columns.length === 1 ? record[columns[0]]
        : columns.map((column) => record[column]).filter((value) => value !== '').join(' ');
    }
    return values;
  };
}

/**
 * Column of each of `roles`, -1 where the mapping has none; undefined when a role has several.
 *
 * @throws VinculumError COLUMNS_INVALID when a column is not in the header.
 */
export function onlyPlaces(
  mapping: ColumnMapping, roles: readonly Role[], header: readonly string[],
): number[] | undefined {
  const columns = roles.map((role) => mapping.get(role) ?? []);
  if (columns.some(({ length }) => length > 1)) return undefined;
  return columns.map(([column]) => (column === undefined ? -1 : placeOf(column, header)));
}

/** @throws VinculumError COLUMNS_INVALID when the header does not have the column exactly once. */
export function placeOf(column: string, header: readonly string[]): number {
  const place = header.indexOf(column);
  if (place >= 0 && place === header.lastIndexOf(column)) return place;
  throw new VinculumError('COLUMNS_INVALID',
    `expected the column "${column}" once in the header, found it ${place < 0 ? 'nowhere' : 'twice'} `
    + `in ${describeHeader(header)}`);
}

/** What a wrong header is, without its words: they are personal data where the header was forgotten. */
export function describeHeader(header: readonly string[]): string {
  const columns = `${header.length} ${header.length === 1 ? 'column' : 'columns'}`;
  const unreadable = header.some((name) => name.includes(UNDECODABLE) || name.includes('\0'));
  return unreadable
    ? `${columns} that are not of the encoding; save the file as UTF-8 or say what it is with --encoding`
    : `${columns}; the first line has to name the columns`;
}
