// What a plan predicts of a profile of bench/link.ts, in a process of its own: after linking everything would
// be compiled, and before it the memory of linking would not be its own. Prints one JSON line.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseLinkageSpec, planLinkage } from '#libs/linkage';
import { openComputeThreads } from '../src/linkage-runs/compute-threads.js';
import { clockNamed } from './cpu-time.js';
import { encodeRegisters, type LinkProfile } from './link-encoding.js';

const SPEC = join(__dirname, '../../config/linkage/default.json');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string' }, n: { type: 'string' }, registers: { type: 'string' }, seed: { type: 'string' },
      threads: { type: 'string' }, clock: { type: 'string' },
    },
  });
  const { n, clock } = values;
  const [records, registers, seed, threads] =
    [n, values.registers, values.seed, values.threads].map(Number);
  const { extracts } = await encodeRegisters(
    values.profile as LinkProfile, records, registers, seed, availableParallelism());
  const spec = parseLinkageSpec(JSON.parse(readFileSync(SPEC, 'utf8')));
  const compute = openComputeThreads(threads);
  const now = clockNamed(clock);
  const begun = now();
  const { seconds, memoryBytes } = await planLinkage(extracts, spec, { compute, now });
  const planning = (now() - begun) / 1000;
  await compute.close();
  const memoryMb = Math.round(memoryBytes / 2 ** 20);
  console.log(JSON.stringify({ seconds: seconds?.total, memoryMb, planning }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
