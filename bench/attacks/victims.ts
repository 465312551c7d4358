import { createHash } from 'node:crypto';
import { encodeRecords, rolesOfSpec, type EncodingSpec, type Role } from '#libs/encode';
import type { EncodedExtract } from '#libs/record';
import { synthesize, type RegisterRecord } from '#libs/synthetic';
import { NOBODY } from './partners.js';

/** The fields of a record that an attack's profiles encode, in the order of `VICTIM_ROLES`. */
export const VICTIM_ROLES = [
  'givenName', 'familyName', 'birthDate', 'sex', 'placeOfBirth', 'locality', 'postalCode', 'address',
] as const satisfies readonly Role[];

/** Who is encoded, and whom the attacker knows by name. Both lists are in an order of their own. */
export interface Scenario {
  readonly encoded: readonly (readonly string[])[];
  readonly known: readonly (readonly string[])[];
  /** For each encoded record its place among the known ones; `NOBODY` where the attacker does not know it. */
  readonly truth: Int32Array;
}

/**
 * `people` people of the population register are encoded; the attacker knows as many, and the share
 * `overlap` of them are the same people with the same values. Households are not torn apart (the country
 * comes household by household), as when the attacker holds another register of some districts.
 *
 * An overlap of 0 is the control: the attacker knows other people only. There is no truth then, so each
 * encoded record is given one of them by lot; an attack that names more of these than chance does cheats.
 */
export function scenarioOf(people: number, overlap: number, seed: number): Scenario {
  const common = Math.round(people * overlap);
  const population = populationOf(2 * people - common, seed);
  const encoded = shuffled(population.slice(0, people), seed);
  const known = shuffled([...population.slice(0, common), ...population.slice(people)], seed + 1);
  if (common === 0) return { encoded, known, truth: Int32Array.from(shuffled([...known.keys()], seed + 2)) };
  const placeOf = new Map(known.map((person, place) => [person, place]));
  return { encoded, known, truth: Int32Array.from(encoded, (person) => placeOf.get(person) ?? NOBODY) };
}

function populationOf(size: number, seed: number): string[][] {
  const rows: string[][] = [];
  for (const { records } of synthesize({ people: 4 * size + 200, seed })) {
    const record = records.find(({ registerId }) => registerId === 'population-register');
    if (record !== undefined) rows.push(valuesOf(record));
    if (rows.length === size) return rows;
  }
  throw new Error(`the synthetic country has ${rows.length} residents, expected ${size}`);
}

function valuesOf(record: RegisterRecord): string[] {
  return [
    record.givenNames, record.familyName, record.birthDate, record.sex, record.countryOfBirth,
    record.locality, record.postalCode, record.street,
  ];
}

/** A permutation by the SHA-256 of seed and place: fixed, and unrelated to the order of the values. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  return values
    .map((value, i) => ({ value, key: createHash('sha256').update(`${seed} ${i}`).digest('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ value }) => value);
}

/** Encodes values in the order of `VICTIM_ROLES`, other roles missing, under a secret from `secretName`. */
export function encodeRows(
  spec: EncodingSpec, secretName: string, rows: readonly (readonly string[])[],
): EncodedExtract {
  const columns = rolesOfSpec(spec).map((role) => (VICTIM_ROLES as readonly Role[]).indexOf(role));
  const values = rows.map((row) => columns.map((column) => row[column] ?? ''));
  const secret = createHash('sha256').update(secretName).digest();
  return encodeRecords(spec, secret, { registerId: secretName, cardinality: 'unique' }, values);
}
