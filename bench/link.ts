// Linkage from rows to links: seconds, memory and quality, by profile.
//
//   npm run bench:link -- [--n 100000] [--profiles clkhash,default] [--registers 2] [--seed 1] [--json]
//
// Synthetic registers of n people, half of them in all registers with 0 to 3 slips each
// (bench/link-registers.ts). `seconds` is wall time from rows in memory to links on two threads, encoding
// included, making the rows not. `pairCompleteness`: a sample of rows is joined with every row of the other
// register; of the true matches that such a join would follow up, the share that candidate generation found.
// `withinReach` is the share of the true matches that such a join would follow up at all: diffusion puts the
// others among strangers.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LINK_PROFILES } from './link-encoding.js';

interface ProfileFigures {
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly precision: number;
  readonly recall: number;
  readonly pairCompleteness: number;
  readonly withinReach: number;
  readonly estimated: { readonly precision: number; readonly recall: number };
  readonly stages: Readonly<Record<string, number>>;
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

function main(): void {
  const { values } = parseArgs({
    options: {
      n: { type: 'string', default: '100000' }, profiles: { type: 'string', default: LINK_PROFILES.join() },
      registers: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const profiles = values.profiles.split(',');
  const unknown = profiles.filter((name) => !LINK_PROFILES.some((profile) => profile === name));
  if (unknown.length > 0) throw new Error(`--profiles: expected ${LINK_PROFILES.join(',')}, got ${unknown.join()}`);
  for (const name of ['n', 'registers', 'seed'] as const) {
    if (!Number.isSafeInteger(Number(values[name])) || Number(values[name]) < 1) {
      throw new Error(`--${name}: expected a whole number from 1`);
    }
  }
  console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; one run of each profile`);
  const figures: Record<string, ProfileFigures> = {};
  for (const profile of profiles) {
    figures[profile] = measureInProcess(profile, values.n, values.registers, values.seed);
    print(profile, values.n, values.registers, figures[profile]);
  }
  if (values.json) {
    const [n, registers, seed] = [values.n, values.registers, values.seed].map(Number);
    console.log(JSON.stringify({ n, registers, seed, cpu: cpus()[0].model, profiles: figures }));
  }
}

/** A process of its own: what another profile needed does not count as this one's memory. */
function measureInProcess(profile: string, n: string, registers: string, seed: string): ProfileFigures {
  const { status, stdout } = spawnSync(process.execPath, [
    join(__dirname, 'link-profile.js'), '--profile', profile, '--n', n, '--registers', registers, '--seed', seed,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(`${profile}: the process ended with ${status}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as ProfileFigures;
}

function print(profile: string, n: string, registers: string, figures: ProfileFigures): void {
  const { seconds, peakRssMb, precision, recall, estimated, pairCompleteness, withinReach, stages } = figures;
  console.log(`${profile}, ${registers} x ${n}: ${seconds.toFixed(1)} s, ${peakRssMb} MB at most
  precision ${precision.toFixed(4)} (estimated ${estimated.precision.toFixed(4)}), \
recall ${recall.toFixed(4)} (estimated ${estimated.recall.toFixed(4)})
  pair completeness ${pairCompleteness.toFixed(4)} of the ${withinReach.toFixed(4)} of the matches within reach
  ${Object.entries(stages).map(([stage, time]) => `${stage} ${time.toFixed(1)} s`).join(', ')}`);
  for (const warning of figures.warnings) console.log(`  warning: ${warning}`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
