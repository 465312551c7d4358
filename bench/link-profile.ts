// One profile of bench/link.ts, in a process of its own so that its memory is its own. Prints one JSON line.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { link, parseLinkageSpec, type FollowedPairs, type LinkageResult } from '#libs/linkage';
import { openComputeThreads } from '../src/linkage-runs/compute-threads.js';
import { clockNamed } from './cpu-time.js';
import { bestThresholdF1, completenessOf } from './link-completeness.js';
import { encodeRegisters, type LinkProfile } from './link-encoding.js';
import { benchRegisters } from './link-registers.js';

const SPEC = join(__dirname, '../../config/linkage/default.json');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string' }, n: { type: 'string' }, registers: { type: 'string' }, seed: { type: 'string' },
      threads: { type: 'string' }, clock: { type: 'string' },
    },
  });
  const profile = values.profile as LinkProfile;
  const [records, registers, seed] = [values.n, values.registers, values.seed].map(Number);
  const threads = Number(values.threads);
  const cpuBefore = process.cpuUsage();
  const encoded = await encodeRegisters(profile, records, registers, seed, availableParallelism());
  const now = clockNamed(values.clock);
  const cpuOfEncoding = cpuSeconds(cpuBefore);
  const spec = parseLinkageSpec(JSON.parse(readFileSync(SPEC, 'utf8')));
  const followed: FollowedPairs[] = [];
  const compute = openComputeThreads(threads);
  const rssBefore = process.memoryUsage().rss;
  const [started, begun] = [performance.now(), now()];
  const cpuStart = process.cpuUsage();
  const result = await link(encoded.extracts, spec, {
    now: () => performance.now(), compute,
    onFollowedPairs: (pairs) => {
      if (followed.length === 0) followed.push(pairs);
    },
  });
  const [linking, measured] = [(performance.now() - started) / 1000, (now() - begun) / 1000];
  const cpuOfLinking = cpuSeconds(cpuStart);
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const people = benchRegisters(records, seed);
  const quality = measure(result, records, registers, people.person);
  const completeness = await completenessOf(records, followed[0], people.person, seed);
  await compute.close();
  console.log(JSON.stringify({
    kernel: compute.kernel, seconds: encoded.seconds + linking, peakRssMb,
    linkingSeconds: measured, beyondExtractsMb: peakRssMb - Math.round(rssBefore / 2 ** 20),
    ...quality, ...completeness,
    bestThresholdF1: result.scheme.segments.length > 1
      ? null : bestThresholdF1(followed[0], records, people.person),
    estimated: result.estimated,
    stages: { encode: encoded.seconds, ...inSeconds(result.timings) },
    cpuSeconds: { encodeWithRowMaking: cpuOfEncoding, link: cpuOfLinking },
    candidates: result.models.map(({ model }) => model.candidates),
    estimatedPairCompleteness: result.models.map(({ model }) => model.pairCompleteness),
    plans: result.models.map(({ model: { plan } }) => (plan.kind === 'exhaustive' ? plan : {
      ...plan.predicted, tables: plan.tables.length,
      columns: Object.fromEntries(plan.tables.map((table) =>
        [`${table.kind} ${table.segment}`, table.kind === 'sampled' ? table.columns.length : 0])),
    })),
    cutPairs: result.models.map(({ model }) => model.cutPairs),
    cutCandidates: result.models.map(({ model }) => model.cutCandidates),
    warnings: result.warnings.map(({ registers, message }) => (registers === '' ? message : `${registers}: ${message}`)),
  }, (_key, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value)));
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function inSeconds(timings: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(timings).map(([stage, time]) => [stage, time / 1000]));
}

/** Precision and recall of the pairs across registers that the entities imply, against the known people. */
function measure(
  { entityOf }: LinkageResult, records: number, registers: number,
  person: (register: number, row: number) => number,
): { readonly precision: number; readonly recall: number } {
  let linked = 0;
  let right = 0;
  for (let a = 0; a < registers; a++) {
    for (let b = a + 1; b < registers; b++) {
      // Both registers are unique: an entity has at most one record of each.
      const rowOfEntity = new Map<number, number>();
      entityOf[a].forEach((entity, row) => rowOfEntity.set(entity, row));
      entityOf[b].forEach((entity, row) => {
        const other = rowOfEntity.get(entity);
        if (other === undefined) return;
        linked++;
        if (person(a, other) === person(b, row)) right++;
      });
    }
  }
  const matches = Math.floor(records / 2) * ((registers * (registers - 1)) / 2);
  return { precision: linked === 0 ? 1 : right / linked, recall: right / matches };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
