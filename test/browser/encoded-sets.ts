import {
  createClkhashEncoder, createEncoder, defaultSpecForRoles, fieldLevelSpecForRoles, opaqueRecordId,
  parseClkhashSchema, type EncodingSpec, type Role,
} from '#libs/encode';

/** Filters (or ids) of many records, back to back. */
export interface EncodedSet {
  readonly name: string;
  readonly recordBytes: number;
  readonly bytes: Uint8Array;
}

/** What is needed of `test/vectors/clkhash_filters.json`. */
export interface GoldenFilters {
  readonly rows: readonly (readonly string[])[];
  readonly cases: readonly {
    readonly name: string;
    readonly secret: string;
    readonly schema: unknown;
    readonly clks_base64: readonly string[];
  }[];
}

/** Two whole batches of the kernel and a part of a third one. */
export const ROWS = 300;
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => (37 * i + 11) % 256);
const ROLES: readonly Role[] = ['givenName', 'familyName', 'birthDate', 'sex', 'locality', 'phone'];

const GIVEN_NAMES = [
  'Ana María', 'Bjørn', 'Łucja', 'Дмитрий', 'Ελένη', 'محمد', 'Zoë', 'Jean-Luc', 'Ngọc Ánh', 'Siân', '',
];
const FAMILY_NAMES = [
  'Gómez', 'Kovačević', 'Œuvrard', 'Щербаков', 'Παπαδοπούλου', 'الحسن', "O'Neill", 'van der Berg', 'Nguyễn',
  'Ó Súilleabháin', 'Straße', 'İnönü', '𠮷田',
];
const LOCALITIES = ['Málaga', 'Tromsø', 'Київ', 'Αθήνα', 'Sankt Gallen', '', 'Reykjavík'];

/** One schema with both of clkhash's ways to hash a token. */
const CLKHASH_SCHEMA = {
  version: 3,
  clkConfig: {
    l: 1024, xor_folds: 1,
    kdf: { type: 'HKDF', hash: 'SHA256', info: 'YnJvd3Nlcg==', salt: 'c2FsdA==', keySize: 64 },
  },
  features: [
    clkhashFeature('givenName', { type: 'ngram', n: 2 }, { bitsPerToken: 15 }, 'doubleHash'),
    clkhashFeature('familyName', { type: 'ngram', n: 2, positional: true }, { bitsPerFeature: 200 }, 'blakeHash'),
    clkhashFeature('birthDate', { type: 'ngram', n: 1, positional: true }, { bitsPerToken: 20 }, 'blakeHash'),
    clkhashFeature('sex', { type: 'exact' }, { bitsPerToken: 10 }, 'doubleHash'),
  ],
};

function clkhashFeature(identifier: string, comparison: object, strategy: object, type: string): object {
  return { identifier, format: { type: 'string', encoding: 'utf-8' }, hashing: { comparison, strategy, hash: { type } } };
}

/**
 * The same sets wherever this runs: the program computes them in Node, and the page in the browser.
 *
 * @throws Error when clkhash refuses a row, which none of these deserves.
 */
export function encodedSets(golden: GoldenFilters): EncodedSet[] {
  const rows = Array.from({ length: ROWS }, (_, row) => valuesOf(row));
  return [
    nativeSet('default spec', defaultSpecForRoles(ROLES), rows),
    nativeSet('field-level spec', fieldLevelSpecForRoles(ROLES), rows),
    clkhashSet('clkhash schema', CLKHASH_SCHEMA, SECRET, rows.map((values) => values.slice(0, 4))),
    recordIds(),
    ...golden.cases.map(({ name, schema, secret }) =>
      clkhashSet(`golden ${name}`, schema, new TextEncoder().encode(secret), golden.rows)),
  ];
}

/** Values of an invented person in the order of `ROLES`: several scripts, missing and partial ones. */
function valuesOf(row: number): string[] {
  const month = String(1 + row % 12).padStart(2, '0');
  const day = String(1 + row % 28).padStart(2, '0');
  return [
    GIVEN_NAMES[row % GIVEN_NAMES.length], FAMILY_NAMES[row % FAMILY_NAMES.length],
    row % 17 === 0 ? `${1930 + row % 90}` : `${1930 + row % 90}-${month}-${day}`,
    ['F', 'M', ''][row % 3], LOCALITIES[row % LOCALITIES.length], row % 5 === 0 ? '' : `+47 ${20000000 + 7919 * row}`,
  ];
}

function nativeSet(name: string, spec: EncodingSpec, rows: readonly (readonly string[])[]): EncodedSet {
  const encoder = createEncoder(spec, SECRET);
  const bytes = new Uint8Array(rows.length * encoder.recordBytes);
  const inOrder = rows.map((values) => encoder.roles.map((role) => values[ROLES.indexOf(role)]));
  encoder.encodeRows(inOrder, bytes, 0);
  return { name, recordBytes: encoder.recordBytes, bytes };
}

function clkhashSet(
  name: string, schema: unknown, secret: Uint8Array, rows: readonly (readonly string[])[],
): EncodedSet {
  const encoder = createClkhashEncoder(parseClkhashSchema(schema), secret);
  const filters = new Uint8Array(rows.length * encoder.filterBytes);
  const refusals = encoder.encodeRows(rows, filters, 0);
  if (refusals.length > 0) throw new Error(`${name}: row ${refusals[0].row} was refused: ${refusals[0].reason}`);
  return { name, recordBytes: encoder.filterBytes, bytes: filters };
}

function recordIds(): EncodedSet {
  const ids = Array.from({ length: ROWS }, (_, row) => opaqueRecordId(SECRET, 'population', `№ ${row}`));
  const recordBytes = ids[0].length;
  const bytes = new Uint8Array(ROWS * recordBytes);
  ids.forEach((id, row) => bytes.set(id, row * recordBytes));
  return { name: 'opaque record ids', recordBytes, bytes };
}
