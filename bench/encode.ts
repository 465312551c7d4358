// Speed of encoding: records a second in memory (one core by its CPU time, all cores by the clock), against a
// naive loop that hashes every token of every record, and from CSV to extract, and to a clkhash file, on the
// command line: by the clock, and by processor time when it has one thread.
//
//   npm run bench:encode -- [--rows 1000000] [--memory-rows 1000000] [--people 200000] [--runs 3] [--json]
//
// Rows are the people of a synthetic country (Zipf names of many origins, some without their birthday),
// and beyond its size draws of their names, dates and sexes, each by itself, so with their frequencies.
// Every run starts with empty memos; in memory values are texts, and for the native default also bytes;
// the figure of the country alone, whose values are mostly new, stands beside that of all rows. Peak
// memory is that of the command line's process, threads included. SHA-256 of the same machine at the same
// time tells how fast it was.
import { createHash } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { synthesize } from '#libs/synthetic';
import { measureCli, type CliPace } from './encode-command-line.js';
import { memoEncoder, naiveEncoder, textRowEncoder, textRowsOf, type EncodingName } from './encode-subjects.js';
import { spreadOf, type Spread } from './spread.js';

const NAIVE_ROWS = 2_000;
const CHUNK_ROWS = 1024;
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

/** The native encoder on rows that are pieces of texts, as the command line gives them to it. */
function measureTextRows(people: Rows, count: number, runs: number): Spread {
  const rows = [...rowsOf(people, count)];
  const chunks = Array.from({ length: Math.ceil(count / CHUNK_ROWS) }, (_, i) =>
    textRowsOf(rows.slice(i * CHUNK_ROWS, (i + 1) * CHUNK_ROWS)));
  const perCore = repeat(runs, () => rows.length / timed(() => {
    const encode = textRowEncoder(SECRET);
    for (const chunk of chunks) encode(chunk);
  }).cpuSeconds);
  show('native, from UTF-8, one core', perCore);
  return perCore;
}

function measureCommandLine(people: Rows, rows: number, runs: number): Record<EncodingName, CliPace> {
  const clkhash = measureCli('clkhash', rowsOf(people, rows), SECRET, runs);
  const native = measureCli('native', rowsOf(people, rows), SECRET, runs);
  for (const [label, pace] of [['CSV to clkhash file', clkhash], ['CSV to extract', native]] as const) {
    show(`${label}, by the clock`, pace.perSecond);
    show(`${label}, one thread`, pace.perCore);
    console.log(`${`${label}, peak memory`.padEnd(34)} ${Math.round(pace.peakRssMb).toString().padStart(9)} MiB`);
  }
  return { clkhash, native };
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
  const fromText = measureTextRows(people, memoryRows, runs);
  const cli = measureCommandLine(people, rows, runs);
  if (values.json) {
    console.log(JSON.stringify({
      recordsPerSecondPerCore: { clkhash: clkhash.perCore.median, native: native.perCore.median },
      cliRecordsPerSecond: cli.native.perSecond.median,
      cliRecordsPerSecondPerCore: { clkhash: cli.clkhash.perCore.median, native: cli.native.perCore.median },
      cliRecordsPerSecondByClock: {
        clkhash: cli.clkhash.perSecond.median, native: cli.native.perSecond.median,
      },
      ratioToNaive: native.ratio, ratiosToNaive: { clkhash: clkhash.ratio, native: native.ratio },
      peakRssMb: cli.native.peakRssMb,
      fromTextPerCore: { native: fromText.median },
      countryAlonePerCore: { clkhash: clkhash.first.median, native: native.first.median },
      recordsPerSecondAllCores: { clkhash: clkhash.allTogether.median, native: native.allTogether.median },
      spread: {
        clkhash: clkhash.perCore, native: native.perCore, nativeFromText: fromText, cli: cli.native.perSecond,
        cliPerCore: { clkhash: cli.clkhash.perCore, native: cli.native.perCore },
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
