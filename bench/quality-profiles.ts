import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  createClkhashEncoder, defaultSpecForRoles, encodeRecords, fieldLevelSpecForRoles, parseClkhashSchema,
  rolesOfSpec, type EncodingSpec, type Role,
} from '#libs/encode';
import type { RecordCategory } from '#libs/quality';
import type { EncodedExtract, Register } from '#libs/record';
import { parseColumnMapping, rolesOf, valueReader, type ColumnMapping } from '../src/cli/column-mapping.js';
import { readCsv } from '../src/cli/csv-rows.js';
import { categoryOf } from '../src/cli/quality-groups.js';
import { readTruthFile, type TruthLabels } from '../src/cli/trial-extract.js';
import type { QualitySet } from './quality-sets.js';

export const PROFILES = ['default', 'field-level', 'clkhash'] as const;
export type Profile = (typeof PROFILES)[number];

/** Extracts of a set in one profile, with the label of every record through all registers. */
export interface LabelledExtracts {
  readonly extracts: readonly EncodedExtract[];
  readonly truth: readonly (string | null)[];
  /** Sex and decade of birth, where the set has them: quality is told by them. */
  readonly categories: readonly RecordCategory[];
}

/** That of `vinculum link` on plain files, so that both give the same links. */
const SECRET = createHash('sha256').update('vinculum trial: encodings stay in memory').digest();

export async function encodeSet(
  folder: string, set: QualitySet, profile: Profile,
): Promise<LabelledExtracts> {
  const columns = parseColumnMapping(set.columns);
  const labels = set.labels.truthFile === undefined ? undefined : await readTruthFile(set.labels.truthFile);
  const extracts: EncodedExtract[] = [];
  const truth: (string | null)[] = [];
  const rows: string[][][] = [];
  for (const [party, file] of set.files.entries()) {
    const register = set.registers?.[party]
      ?? { registerId: `party-${party + 1}`, cardinality: 'unique' } satisfies Register;
    const read = await readFile(join(folder, file), columns, set.labels, register.registerId, labels);
    extracts.push(encode(profile, register, rolesOf(columns), read.rows));
    truth.push(...read.truth);
    rows.push(read.rows);
  }
  return { extracts, truth, categories: categoriesOf(rolesOf(columns), rows) };
}

function categoriesOf(roles: readonly Role[], rows: readonly (readonly string[][])[]): RecordCategory[] {
  const category = (name: string, role: Role, group: (value: string) => string): RecordCategory[] => {
    const place = roles.indexOf(role);
    if (place < 0) return [];
    return [categoryOf(name, rows.map((ofExtract) => ofExtract.map((row) => group(row[place]))))];
  };
  return [
    ...category('sex', 'sex', (sex) => (/^[FM]$/.test(sex) ? sex : '')),
    ...category('born', 'birthDate', (date) => {
      const decade = /^(\d{3})\d-\d\d-\d\d$/.exec(date);
      return decade ? `${decade[1]}0s` : '';
    }),
  ];
}

/** Rows with one value for each role of the mapping in canonical order, and their labels. */
async function readFile(
  path: string, columns: ColumnMapping, { id, truth, truthPattern }: QualitySet['labels'],
  registerId: string, labels: TruthLabels | undefined,
): Promise<{ rows: string[][]; truth: (string | null)[] }> {
  const csv = readCsv(path, { trim: true });
  const header = (await csv.next()).value as string[];
  const present = new Map([...columns].map(([role, names]) =>
    [role, names.filter((name) => header.includes(name))] as const));
  const values = valueReader(present, rolesOf(columns), header);
  const result = { rows: [] as string[][], truth: [] as (string | null)[] };
  for await (const row of csv) {
    const own = row[header.indexOf(id)];
    const label = truth === undefined
      ? labels?.get(`${registerId}/${own}`) ?? truthPattern?.exec(own)?.[1] : row[header.indexOf(truth)];
    result.rows.push(values(row));
    result.truth.push(label ?? null);
  }
  return result;
}

function encode(
  profile: Profile, register: Register, roles: readonly Role[], rows: readonly string[][],
): EncodedExtract {
  if (profile === 'clkhash') return encodeClkhash(register, roles, rows);
  const spec: EncodingSpec = profile === 'default' ? defaultSpecForRoles(roles) : fieldLevelSpecForRoles(roles);
  const order = rolesOfSpec(spec).map((role) => roles.indexOf(role));
  return encodeRecords(spec, SECRET, register, rows.map((row) => order.map((place) => row[place])));
}

const CLKHASH_BITS = 1024;

/**
 * One plain filter as clkhash's tutorials make it: bigrams, for dates with their position, 200 bits for a
 * name and a date, 100 for any other field. Dates are text, because clkhash refuses those with errors.
 */
function encodeClkhash(
  register: Register, roles: readonly Role[], rows: readonly string[][],
): EncodedExtract {
  const schema = parseClkhashSchema({
    version: 3,
    clkConfig: {
      l: CLKHASH_BITS, kdf: { type: 'HKDF', hash: 'SHA256', salt: 'c2FsdA==', info: '', keySize: 64 },
    },
    features: roles.map((role) => {
      const important = role === 'givenName' || role === 'familyName' || role === 'birthDate';
      return {
        identifier: role, format: { type: 'string', encoding: 'utf-8' },
        hashing: {
          comparison: { type: 'ngram', n: 2, positional: role === 'birthDate' },
          strategy: { bitsPerFeature: important ? 200 : 100 }, hash: { type: 'blakeHash' },
        },
      };
    }),
  });
  const encoder = createClkhashEncoder(schema, SECRET);
  const filters = new Uint8Array((rows.length * CLKHASH_BITS) / 8);
  rows.forEach((row, r) => {
    const filter = encoder.encode(row);
    if (!(filter instanceof Uint8Array)) throw new Error(`row ${r + 1} of ${register.registerId} was refused`);
    filters.set(filter, (r * CLKHASH_BITS) / 8);
  });
  return {
    ...register, records: rows.length, segments: [{ name: 'clk', bits: CLKHASH_BITS, filters }],
  };
}
