// Links what no register should deliver, ten thousand records at a time, as a user would: `vinculum link`.
//
//   npm run test:garbage -- [--only same]
//
// Each set must end by itself, with an answer that is whole or with a refusal (exit code 2, a stable code),
// within ten minutes and 1.5 GiB of memory. Small garbage is in libs/linkage/src/garbage.spec.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RECORDS, writeGarbage } from './garbage-files.js';

const CLI = resolve(__dirname, '../../src/cli.js');
const MOST_MS = 600_000;
const MOST_MIB = 1536;

interface GarbageSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly options?: readonly string[];
  /** Code of the refusal that must come; an answer without. */
  readonly refused?: string;
  /** Bounds of the number of entities. */
  readonly entities?: readonly [number, number];
}

const RINGS = Array.from({ length: 6 }, (_, k) => `ring-${k}`);
const SETS: readonly GarbageSet[] = [
  { name: 'an empty file', files: ['nothing', 'people'], refused: 'CSV_EMPTY' },
  { name: 'a register without records', files: ['people', 'header'], refused: 'CSV_EMPTY' },
  { name: 'a spec with NaN', files: ['people', 'copy'], options: ['--spec', 'nan.json'], refused: 'BAD_USAGE' },
  { name: 'a spec with an infinite number', files: ['people', 'copy'], options: ['--spec', 'infinite.json'],
    refused: 'LINKAGE_SPEC_INVALID' },
  { name: 'all segments missing', files: ['blank', 'people'], entities: [2 * RECORDS, 2 * RECORDS] },
  { name: 'names missing in all records', files: ['nameless', 'people'], entities: [RECORDS, 2 * RECORDS] },
  { name: 'the same record 10,000 times', files: ['same', 'people'], entities: [2 * RECORDS - 1, 2 * RECORDS] },
  { name: 'the same in both', files: ['same', 'same-again'], entities: [RECORDS, 2 * RECORDS] },
  { name: 'the same in both, many a person', files: ['same', 'same-again'], options: ['--many', 'same,same-again'],
    entities: [1, 2 * RECORDS] },
  { name: 'the same 5,000 times among others', files: ['half', 'people'], entities: [RECORDS, 2 * RECORDS] },
  { name: 'two identical registers', files: ['people', 'copy'], entities: [RECORDS, RECORDS + 10] },
  { name: 'one chain of all, many a person', files: ['chain', 'chain-on'], options: ['--many', 'chain,chain-on'] },
  { name: 'one chain through six unique registers', files: RINGS },
  { name: 'one chain through six, many a person', files: RINGS, options: ['--many', RINGS.join(',')] },
];

interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly mib: number;
  /** Last line of its output. */
  readonly last: string;
}

function link(folder: string, { files, options = [] }: GarbageSet): Ended {
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [
    '--require', join(folder, 'say-memory.cjs'), CLI, 'link', ...files.map((file) => `${file}.csv`),
    '--columns', 'givenName=first,familyName=last,birthDate=born', '--id', 'id', '--out', 'links.csv', '--json', ...options,
  ], { cwd: folder, encoding: 'utf8', timeout: MOST_MS, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    code: status, seconds: (performance.now() - started) / 1000, last: stdout.trimEnd().split('\n').at(-1) ?? '',
    mib: Number(readFileSync(join(folder, 'memory.txt'), 'utf8')) / 1024,
  };
}

function faultsOf(folder: string, set: GarbageSet, { code, last, mib }: Ended): string[] {
  const faults: string[] = [];
  if (mib > MOST_MIB) faults.push(`it took ${mib.toFixed(0)} MiB`);
  const said = JSON.parse(last || '{}') as { error?: { code: string }; entities?: number };
  if (set.refused !== undefined) {
    if (code !== 2 || said.error?.code !== set.refused) faults.push(`expected ${set.refused}, got exit code ${code}: ${last}`);
    return faults;
  }
  if (code !== 0) return [...faults, `expected an answer, got exit code ${code}: ${last}`];
  const rows = readFileSync(join(folder, 'links.csv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(','));
  const found = new Set(rows.map(([entity]) => entity)).size;
  const [least, most] = set.entities ?? [1, Infinity];
  if (found !== said.entities || found < least || found > most) faults.push(`${found} entities`);
  if (new Set(rows.map(([, register, id]) => `${register}/${id}`)).size !== rows.length) faults.push('a record twice');
  const uniques = rows.filter(([, register]) => !set.options?.join().includes(register));
  if (new Set(uniques.map(([entity, register]) => `${register} ${entity}`)).size !== uniques.length) {
    faults.push('an entity with two records of a register that is unique per person');
  }
  return faults;
}

function main(): void {
  const { values: { only = '' } } = parseArgs({ options: { only: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-garbage-'));
  let wrong = 0;
  try {
    writeGarbage(folder);
    writeFileSync(join(folder, 'nan.json'), '{"kind":"vinculum-linkage-spec","version":1,"seed":NaN}');
    writeFileSync(join(folder, 'infinite.json'), '{"kind":"vinculum-linkage-spec","version":1,"seed":1e999}');
    writeFileSync(join(folder, 'say-memory.cjs'), `process.on('exit', () => require('node:fs')
      .writeFileSync('memory.txt', String(process.resourceUsage().maxRSS)));`);
    for (const set of SETS.filter(({ name }) => name.includes(only))) {
      rmSync(join(folder, 'links.csv'), { force: true });
      writeFileSync(join(folder, 'memory.txt'), '0');
      const ended = link(folder, set);
      const faults = faultsOf(folder, set, ended);
      wrong += Number(faults.length > 0);
      console.log(`${faults.length > 0 ? 'WRONG' : 'good '} ${ended.seconds.toFixed(1).padStart(6)} s `
        + `${ended.mib.toFixed(0).padStart(5)} MiB  ${set.name}${faults.map((fault) => `\n      ${fault}`).join('')}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = wrong > 0 ? 1 : 0;
}

main();
