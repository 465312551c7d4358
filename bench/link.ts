// Linkage from rows to links: seconds, memory and quality, by profile.
//
//   npm run bench:link -- [--n 100000] [--profiles clkhash,default,default-blocks] [--registers 2] [--seed 1]
//                         [--threads 2] [--clock wall|processor] [--json]
//
// Several sizes (`--n 10000,30000,100000`) show how it grows; the JSON line leads with the last.
//
// Synthetic registers of n people, half of them in all registers with 0 to 3 slips each
// (bench/link-registers.ts). `seconds` is wall time from rows in memory to links, encoding included, making
// the rows not. `linkingSeconds` are those of linking alone, `planned.seconds` what a plan
// predicted just before, by the same clock: on a machine with other work to do, that of the processor tells
// more (with one thread that compares, while the program's own waits, it is what the run would take alone).
// `pairCompleteness`: a sample of rows is joined with every row of the other register; of the true matches
// that such a join would follow up, the share that candidate generation found.
// `withinReach` is the share of the true matches that such a join would follow up at all: diffusion puts the
// others among strangers. `bestThresholdF1` (one segment): the best F1 of any threshold on the locally
// scaled similarity alone, chosen on the truth: what a model that never sees the truth is to be judged by.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LINK_PROFILES } from './link-encoding.js';

interface ProfileFigures {
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly linkingSeconds: number;
  /** By how much the peak grew when it linked. */
  readonly beyondExtractsMb: number;
  readonly precision: number;
  readonly recall: number;
  readonly pairCompleteness: number;
  readonly withinReach: number;
  readonly bestThresholdF1: number | null;
  readonly estimated: { readonly precision: number; readonly recall: number };
  readonly stages: Readonly<Record<string, number>>;
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/** As `vinculum link --plan` predicts it, and how long planning took. */
interface PlanFigures {
  readonly seconds: number;
  readonly memoryMb: number;
  readonly planning: number;
}

interface BenchFigures extends ProfileFigures {
  readonly planned: PlanFigures;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      n: { type: 'string', default: '100000' }, profiles: { type: 'string', default: 'clkhash,default' },
      registers: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      clock: { type: 'string', default: 'wall' }, json: { type: 'boolean', default: false },
    },
  });
  const profiles = values.profiles.split(',');
  const unknown = profiles.filter((name) => !LINK_PROFILES.some((profile) => profile === name));
  if (unknown.length > 0) throw new Error(`--profiles: expected ${LINK_PROFILES.join(',')}, got ${unknown.join()}`);
  const sizes = values.n.split(',');
  for (const value of [...sizes, values.registers, values.seed, values.threads]) {
    if (!Number.isSafeInteger(Number(value)) || Number(value) < 1) {
      throw new Error(`--n, --registers, --seed and --threads: expected whole numbers from 1, got ${value}`);
    }
  }
  if (!['wall', 'processor'].includes(values.clock)) throw new Error(`--clock: got ${values.clock}`);
  if (values.clock === 'processor' && values.threads !== '1') {
    throw new Error('--clock processor: expected --threads 1, the time of several would be added up');
  }
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; one run of each profile`);
  const growth = sizes.map((n) => {
    const figures: Record<string, BenchFigures> = {};
    for (const profile of profiles) {
      const wanted = { ...values, profile, n };
      const planned = inProcess('link-plan.js', wanted) as PlanFigures;
      figures[profile] = { ...inProcess('link-profile.js', wanted) as ProfileFigures, planned };
      print(profile, n, values.registers, figures[profile]);
    }
    return { n: Number(n), profiles: figures };
  });
  if (values.json) {
    const [registers, seed] = [values.registers, values.seed].map(Number);
    const smaller = growth.slice(0, -1);
    console.log(JSON.stringify({ ...growth.at(-1), registers, seed, cpu: cpus()[0].model, smaller }));
  }
}

/** A process of its own: what another profile needed does not count as this one's memory. */
function inProcess(
  program: string, { profile, n, registers, seed, threads, clock }:
  Readonly<Record<'profile' | 'n' | 'registers' | 'seed' | 'threads' | 'clock', string>>,
): unknown {
  const { status, stdout } = spawnSync(process.execPath, [
    join(__dirname, program), '--profile', profile, '--n', n, '--registers', registers, '--seed', seed,
    '--threads', threads, '--clock', clock,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(`${profile}: the process ended with ${status}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
}

function print(profile: string, n: string, registers: string, figures: BenchFigures): void {
  const { seconds, peakRssMb, precision, recall, estimated, pairCompleteness, withinReach, stages } = figures;
  const { bestThresholdF1: best, cpuSeconds, beyondExtractsMb: beyond, linkingSeconds, planned } = figures;
  const f1 = (2 * precision * recall) / (precision + recall);
  console.log(`${profile}, ${registers} x ${n}: ${seconds.toFixed(1)} s, ${peakRssMb} MB at most
  linking ${linkingSeconds.toFixed(1)} s, predicted ${planned.seconds.toFixed(1)} s \
(${(planned.seconds / linkingSeconds).toFixed(2)} times as many) by a plan of ${planned.planning.toFixed(1)} s
  beyond the extracts ${beyond} MB, predicted ${planned.memoryMb} MB
  precision ${precision.toFixed(4)} (estimated ${estimated.precision.toFixed(4)}), \
recall ${recall.toFixed(4)} (estimated ${estimated.recall.toFixed(4)})
  F1 ${f1.toFixed(4)}${best === null ? '' : `; best of any threshold on the scaled similarity: ${best.toFixed(4)}`}
  pair completeness ${pairCompleteness.toFixed(4)} of the ${withinReach.toFixed(4)} of the matches within reach
  ${secondsOf(stages)}
  processor: ${secondsOf(cpuSeconds)}`);
  for (const warning of figures.warnings) console.log(`  warning: ${warning}`);
}

function secondsOf(stages: Readonly<Record<string, number>>): string {
  return Object.entries(stages).map(([stage, time]) => `${stage} ${time.toFixed(1)} s`).join(', ');
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
