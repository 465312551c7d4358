// Speed of the threshold join: pairs a second and core, by processor time, against a C++ popcount loop
// compiled on the spot; all take turns in one run, so that other work on the machine meets all of them.
//
//   npm run bench:compare -- [--records-a 2000] [--records-b 40000] [--similarity 0.8] [--rounds 15] [--json]
//
// The scan alone is measured; ordering columns and sorting rows is printed as preparation (it grows with
// the records, the scan with the pairs). A ratio is the median of the rounds' own ratios. Every subject must
// find the same number of pairs.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  joinShare, prepareJoin, wasmJoinKernel, type FilterTable, type JoinKernel, type PreparedJoin,
} from '#libs/compare';
import type { EncodedExtract } from '#libs/record';
import { ComputePool } from '../src/platform/compute-pool/compute-pool.js';
import { joinKernels } from '../src/platform/kernels/join-kernel.js';
import { compilePopcountLoop, type PopcountLoop } from './popcount-loop.js';
import { diffusedFilters, registerFilters } from './register-filters.js';

interface Numbers {
  readonly recordsA: number; readonly recordsB: number; readonly similarity: number; readonly rounds: number;
}

interface Measured {
  readonly pairsPerSecond: Record<string, number>;
  readonly ratios: Record<string, number>;
}

interface Spread { readonly median: number; readonly least: number; readonly most: number }

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((x, y) => x - y);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted[sorted.length - 1] };
}

function cpuSecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function tableOf({ records, segments: [{ bits, filters }] }: EncodedExtract, most: number): FilterTable {
  const kept = Math.min(records, most);
  return { records: kept, bits, filters: filters.subarray(0, (kept * bits) / 8) };
}

/** Runs a join's scan once more: pairs found and processor seconds. */
function runJoin(
  kernel: JoinKernel, join: PreparedJoin,
): { readonly pairs: number; readonly cpuSeconds: number } {
  new Int32Array(join.memory.buffer, join.counters, 2).fill(0);
  let pairs = 0;
  const cpuSeconds = cpuSecondsOf(() => {
    const share = joinShare(join, kernel, 0);
    let step = share.next();
    while (!step.done) step = share.next();
    pairs = step.value.length / 2;
  });
  return { pairs, cpuSeconds };
}

function measure(
  label: string, a: FilterTable, b: FilterTable, numbers: Numbers,
  kernels: ReadonlyMap<string, JoinKernel>, loop: PopcountLoop | undefined,
): Measured {
  const { similarity, rounds } = numbers;
  const pairs = a.records * b.records;
  const rates = new Map<string, number[]>();
  const ratios = new Map<string, number[]>();
  const note = (into: Map<string, number[]>, name: string, value: number): void => {
    into.set(name, [...(into.get(name) ?? []), value]);
  };
  const found = new Set<number>();
  console.log(`\n${label}: ${a.records} x ${b.records}, similarity ${similarity}`);
  const joins = [...kernels].map(([name, kernel]) => {
    const start = process.cpuUsage();
    const join = prepareJoin(a, b, { similarity }, kernel.cost);
    const { user, system } = process.cpuUsage(start);
    console.log(`  ${name} is ${kernel.name}: prefix ${join.prefixWords} words, `
      + `preparation ${((user + system) / 1e6).toFixed(2)} s`);
    // The first run compiles the kernel: not counted.
    runJoin(kernel, join);
    return { name, kernel, join };
  });
  for (let round = 0; round < rounds; round++) {
    const yardstick = loop?.(a, b, similarity);
    if (yardstick) {
      found.add(yardstick.pairs);
      note(rates, 'cpp', pairs / yardstick.cpuSeconds);
    }
    for (const { name, kernel, join } of joins) {
      const run = runJoin(kernel, join);
      found.add(run.pairs);
      note(rates, name, pairs / run.cpuSeconds);
      if (yardstick) note(ratios, name, yardstick.cpuSeconds / run.cpuSeconds);
    }
  }
  if (found.size !== 1) throw new Error(`the forms found ${[...found].join(', ')} pairs: they must agree`);
  console.log(`  pairs found: ${[...found][0]}`);
  for (const [name, values] of rates) show(`${name}, M pairs/s and core`, values, 1e6, 0);
  for (const [name, values] of ratios) show(`${name}, ratio to C++`, values, 1, 2);
  return { pairsPerSecond: medians(rates), ratios: medians(ratios) };
}

function show(label: string, values: readonly number[], unit: number, digits: number): void {
  const { median, least, most } = spreadOf(values);
  const [a, b, c] = [median, least, most].map((value) => (value / unit).toFixed(digits));
  console.log(`  ${label.padEnd(36)} ${a.padStart(7)} (${b} to ${c})`);
}

function medians(values: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  return Object.fromEntries([...values].map(([name, all]) => [name, spreadOf(all).median]));
}

/** Pairs a second by the clock with one and with two threads, taking turns; the fastest kernel. */
async function measureWorkers(
  a: FilterTable, b: FilterTable, { similarity, rounds }: Numbers,
): Promise<Record<string, Spread>> {
  const [kernel] = joinKernels();
  const pool = new ComputePool(2);
  const joins = [1, 2].map((threads) => prepareJoin(a, b, { similarity }, kernel.cost, threads));
  const rates: number[][] = [[], []];
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [k, join] of joins.entries()) {
        new Int32Array(join.memory.buffer, join.counters, 2).fill(0);
        const start = performance.now();
        await pool.joinPrepared(join, { kernel: kernel.name });
        // The first round starts the threads: not counted.
        if (round >= 0) rates[k].push((a.records * b.records * 1000) / (performance.now() - start));
      }
    }
  } finally {
    await pool.close();
  }
  console.log(`\nthreads, ${kernel.name}: ${a.records} x ${b.records}`);
  rates.forEach((values, k) => show(`${k + 1}, M pairs/s by the clock`, values, 1e6, 0));
  show('ratio of two to one', rates[1].map((rate, round) => rate / rates[0][round]), 1, 2);
  console.log(`  ratio of the best rounds: ${(spreadOf(rates[1]).most / spreadOf(rates[0]).most).toFixed(2)}`);
  return { 1: spreadOf(rates[0]), 2: spreadOf(rates[1]) };
}

/** The WebAssembly kernel, the fastest native one and, where it is another, that of AVX2. */
function measuredKernels(): Map<string, JoinKernel> {
  const [native, ...slower] = joinKernels().filter(({ name }) => name !== wasmJoinKernel.name);
  const avx2 = slower.find(({ name }) => name === 'native-avx2');
  return new Map([
    ['wasm', wasmJoinKernel], ...(native ? [['native', native] as const] : []),
    ...(avx2 ? [['nativeAvx2', avx2] as const] : []),
  ]);
}

function readOptions(): Numbers & { readonly json: boolean } {
  const { values } = parseArgs({
    options: {
      'records-a': { type: 'string', default: '2000' }, 'records-b': { type: 'string', default: '40000' },
      similarity: { type: 'string', default: '0.8' }, rounds: { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
    },
  });
  const [recordsA, recordsB, rounds] = [values['records-a'], values['records-b'], values.rounds].map(Number);
  if (![recordsA, recordsB, rounds].every((value) => Number.isSafeInteger(value) && value > 0)) {
    throw new Error('--records-a, --records-b, --rounds: expected whole numbers from 1');
  }
  return { recordsA, recordsB, rounds, similarity: Number(values.similarity), json: values.json };
}

async function main(): Promise<void> {
  const { json, ...numbers } = readOptions();
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; `
    + `median of ${numbers.rounds} rounds (least to most)`);
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-bench-'));
  try {
    const loop = compilePopcountLoop(folder);
    if (!loop) console.log('# no C++ compiler found: no ratios');
    const plain = registerFilters(Math.max(numbers.recordsA, numbers.recordsB), 1);
    const kernels = measuredKernels();
    if (kernels.size === 1) console.log('# the native kernel was not built: WebAssembly alone');
    const [a, b] = [tableOf(plain.a, numbers.recordsA), tableOf(plain.b, numbers.recordsB)];
    const measured = measure('plain filters', a, b, numbers, kernels, loop);
    const hardened = diffusedFilters(plain, 2);
    const diffused = measure('diffused filters', tableOf(hardened.a, numbers.recordsA),
      tableOf(hardened.b, numbers.recordsB), numbers, kernels, loop);
    const workers = await measureWorkers(tableOf(plain.a, 5 * numbers.recordsA), b, numbers);
    if (json) {
      console.log(JSON.stringify({
        pairsPerSecond: measured.pairsPerSecond,
        ...(loop ? { ratioToCppPopcount: measured.ratios } : {}),
        diffused: {
          pairsPerSecond: diffused.pairsPerSecond, ...(loop ? { ratioToCppPopcount: diffused.ratios } : {}),
        },
        workers: { 1: workers[1].median, 2: workers[2].median },
        workersBest: { 1: workers[1].most, 2: workers[2].most },
        similarity: numbers.similarity, recordsA: numbers.recordsA, recordsB: numbers.recordsB,
        rounds: numbers.rounds, cpu: cpus()[0].model,
      }, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
