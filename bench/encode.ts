// Speed of encoding: records a second in memory (one core by its CPU time, all cores by the clock), against a
// naive loop that hashes every token of every record, and from CSV to extract on the command line.
//
//   npm run bench:encode -- [--rows 1000000] [--memory-rows 1000000] [--people 200000] [--runs 3] [--json]
//
// Rows are the people of a synthetic country (Zipf names of many origins, some without their birthday), and
// beyond its size draws of their names, dates and sexes, each by itself, so with their frequencies. Every
// run starts with empty memos; the figure of the country alone, whose values are mostly new, stands beside
// that of all rows. Peak memory is that of the command line's process, threads included. SHA-256 of the
// same machine at the same time tells how fast it was.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { synthesize } from '#libs/synthetic';
import { memoEncoder, naiveEncoder, type EncodingName } from './encode-subjects.js';

const NAIVE_ROWS = 2_000;
const CHUNK_ROWS = 1024;
const CLI = join(__dirname, '../src/cli.js');
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);

/**
 * People of a synthetic country as its first register has them: given names, family name, birth date, sex.
 */
function synthesizePeople(count: number): string[][] {
  const people: string[][] = [];
  for (const { records } of synthesize({ people: count, seed: 1 })) {
    if (records.length === 0) continue;
    const [{ givenNames, familyName, birthDate, sex }] = records;
    people.push([givenNames, familyName, birthDate, sex]);
  }
  return people;
}

/** So many rows: `people`, and then draws of each column by itself. */
function* rowsOf(people: Rows, count: number): Generator<readonly string[], void, undefined> {
  yield* people.slice(0, count);
  let state = 1;
  const draw = (): readonly string[] => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return people[Math.floor((state / 2 ** 32) * people.length)];
  };
  for (let row = people.length; row < count; row++) yield people[0].map((_, column) => draw()[column]);
}

type Rows = readonly (readonly string[])[];

const SHA256_MIB = 64;

/** MiB that one core hashes in a second of its time. */
function sha256MibPerSecond(): number {
  const block = Buffer.alloc(1 << 20);
  return SHA256_MIB / timed(() => {
    for (let i = 0; i < SHA256_MIB; i++) createHash('sha256').update(block).digest();
  }).cpuSeconds;
}

interface Timing {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

function timed(work: () => void): Timing {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds: (performance.now() - wall) / 1000, cpuSeconds: (user + system) / 1e6 };
}

function encodeAll(name: EncodingName, rows: readonly (readonly string[])[]): Timing {
  return timed(() => {
    const encode = memoEncoder(name, SECRET);
    for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
      encode(rows.slice(first, first + CHUNK_ROWS));
    }
  });
}

interface Spread { readonly median: number; readonly least: number; readonly most: number }

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted[sorted.length - 1] };
}

function show(label: string, { median, least, most }: Spread, unit = 'records/s'): void {
  const [a, b, c] = [median, least, most].map((value) => Math.round(value).toLocaleString('en'));
  console.log(`${label.padEnd(34)} ${a.padStart(9)} ${unit} (${b} to ${c})`);
}

function repeat(runs: number, measure: () => number): Spread {
  return spreadOf(Array.from({ length: runs }, measure));
}

/** One thread a core, each with rows and memos of its own; by the clock, from a common start. */
async function allCores(
  name: EncodingName, people: readonly (readonly string[])[], rows: number, runs: number,
): Promise<Spread> {
  const workers = cpus().map(() => new Worker(__filename, { workerData: { name, people, rows } }));
  const answer = (worker: Worker): Promise<unknown> =>
    new Promise((done, fail) => worker.once('message', done).once('error', fail));
  const ask = (): Promise<unknown> => Promise.all(workers.map((worker) => {
    const answered = answer(worker);
    worker.postMessage('encode');
    return answered;
  }));
  await ask();
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await ask();
    rates.push((rows * workers.length * 1000) / (performance.now() - started));
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return spreadOf(rates);
}

interface CliReport {
  readonly records: number; readonly seconds: number; readonly cpuSeconds: number; readonly peakRssMb: number;
}

function writeRows(path: string, rows: Iterable<readonly string[]>): void {
  const file = openSync(path, 'w');
  let text = 'id,given_name,family_name,birth_date,sex\n';
  let number = 0;
  for (const row of rows) {
    text += `P${number++},${row.join(',')}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}

function encodeFile(folder: string): CliReport {
  const out = join(folder, 'extract');
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    CLI, 'encode', '--in', join(folder, 'people.csv'), '--out', out, '--secret-file', join(folder, 'key'),
    '--register', 'bench', '--cardinality', 'unique', '--reference-date', '2026-01-01', '--id', 'id', '--json',
    '--columns', 'givenName=given_name,familyName=family_name,birthDate=birth_date,sex=sex',
  ], { encoding: 'utf8' });
  rmSync(out, { recursive: true, force: true });
  if (status !== 0) throw new Error(`vinculum encode ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as CliReport;
}

function measureCli(
  rows: Iterable<readonly string[]>, runs: number,
): { perSecond: Spread; perCore: Spread; peakRssMb: number } {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-bench-'));
  try {
    writeRows(join(folder, 'people.csv'), rows);
    writeFileSync(join(folder, 'key'), Buffer.from(SECRET).toString('hex'), { mode: 0o600 });
    const reports = Array.from({ length: runs }, () => encodeFile(folder));
    return {
      perSecond: spreadOf(reports.map(({ records, seconds }) => records / seconds)),
      perCore: spreadOf(reports.map(({ records, cpuSeconds }) => records / cpuSeconds)),
      peakRssMb: Math.max(...reports.map(({ peakRssMb }) => peakRssMb)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureMemory(name: EncodingName, people: Rows, count: number, runs: number) {
  const rows = [...rowsOf(people, count)];
  const perCore = repeat(runs, () => rows.length / encodeAll(name, rows).cpuSeconds);
  show(`${name}, one core`, perCore);
  const first = repeat(runs, () => people.length / encodeAll(name, people).cpuSeconds);
  show(`${name}, one core, the country alone`, first);
  const allTogether = await allCores(name, people, count, runs);
  show(`${name}, ${cpus().length} cores`, allTogether);
  const few = people.slice(0, NAIVE_ROWS);
  const naive = naiveEncoder(name, SECRET);
  const naivePerCore = repeat(Math.min(runs, 3), () =>
    few.length / timed(() => naive(few)).cpuSeconds);
  show(`${name}, naive loop, one core`, naivePerCore);
  const ratio = perCore.median / naivePerCore.median;
  console.log(`${`${name}, ratio to naive`.padEnd(34)} ${ratio.toFixed(1).padStart(9)}`);
  return { perCore, first, allTogether, ratio };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' }, 'memory-rows': { type: 'string', default: '1000000' },
      people: { type: 'string', default: '200000' }, runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const numbers = [values.rows, values['memory-rows'], values.people, values.runs].map(Number);
  const [rows, memoryRows, countrySize, runs] = numbers;
  if (!numbers.every((value) => Number.isSafeInteger(value) && value > 0) || countrySize < 1000) {
    throw new Error('--rows, --memory-rows, --runs: expected whole numbers from 1; --people: from 1000');
  }
  const sha256 = sha256MibPerSecond();
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}`);
  console.log(`# load average ${loadavg()[0].toFixed(1)}; SHA-256 at ${Math.round(sha256)} MiB/s a core`);
  console.log(`# ${memoryRows} records in memory, ${rows} in the CSV; median of ${runs} runs (least to most)`);
  const people = synthesizePeople(countrySize);
  const clkhash = await measureMemory('clkhash', people, memoryRows, runs);
  const native = await measureMemory('native', people, memoryRows, runs);
  const cli = measureCli(rowsOf(people, rows), runs);
  show('CSV to extract, by the clock', cli.perSecond);
  show('CSV to extract, one core', cli.perCore);
  console.log(`${'CSV to extract, peak memory'.padEnd(34)} ${Math.round(cli.peakRssMb).toString().padStart(9)} MiB`);
  if (values.json) {
    console.log(JSON.stringify({
      recordsPerSecondPerCore: { clkhash: clkhash.perCore.median, native: native.perCore.median },
      cliRecordsPerSecond: cli.perSecond.median, cliRecordsPerSecondPerCore: cli.perCore.median,
      ratioToNaive: native.ratio, ratiosToNaive: { clkhash: clkhash.ratio, native: native.ratio },
      peakRssMb: cli.peakRssMb,
      countryAlonePerCore: { clkhash: clkhash.first.median, native: native.first.median },
      recordsPerSecondAllCores: { clkhash: clkhash.allTogether.median, native: native.allTogether.median },
      spread: {
        clkhash: clkhash.perCore, native: native.perCore, cli: cli.perSecond, cliPerCore: cli.perCore,
      },
      rows, memoryRows, runs, cores: cpus().length, cpu: cpus()[0].model, node: process.version,
      loadAverage: loadavg()[0], sha256MibPerSecond: sha256,
    }, (_key, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value)));
  }
}

function serve(): void {
  const { name, people, rows: count } = workerData as { name: EncodingName; people: Rows; rows: number };
  const rows = [...rowsOf(people, count)];
  parentPort?.on('message', () => {
    encodeAll(name, rows);
    parentPort?.postMessage('done');
  });
}

if (isMainThread) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  });
} else serve();
