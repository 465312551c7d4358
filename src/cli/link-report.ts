import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyedBlocksOf } from '#libs/block';
import { encodingSpecHash } from '#libs/encode';
import { linkageManifest, type LinkageResult } from '#libs/linkage';
import type { controlAgreement, MeasuredQuality } from '#libs/quality';
import { levelShares } from '#libs/score';
import { engineVersion } from '../linkage-runs/engine-version.js';
import type { LinkInput, LoadedInput } from './link-inputs.js';
import { LINKS_HEADER, type PreviousLinks, type RoundSummary } from './previous-links.js';

/** What a run comes to, as `--json` prints it. */
export interface LinkSummary {
  readonly registers: number;
  readonly records: number;
  readonly entities: number;
  readonly threshold: number;
  readonly estimated: LinkageResult['estimated'];
  readonly bySubgroup?: LinkageResult['bySubgroup'];
  readonly controls?: ReturnType<typeof controlAgreement>;
  readonly measured?: MeasuredQuality;
  /** What became of the entities of the round before, where there was one. */
  readonly round?: RoundSummary;
  readonly warnings: LinkageResult['warnings'];
  readonly seconds: number;
}

/** One row a record. @param names of the entities. */
export function linksCsv(
  { extracts, recordIds }: LoadedInput, { entityOf, probability }: LinkageResult, names: readonly string[],
): string {
  const lines = [LINKS_HEADER];
  extracts.forEach(({ registerId, records }, x) => {
    for (let row = 0; row < records; row++) {
      lines.push(`${names[entityOf[x][row]]},${registerId},${csvField(recordIds[x][row])},`
        + probability[x][row].toFixed(6));
    }
  });
  return `${lines.join('\n')}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Parameters, threshold, estimates, timings and versions; no record. */
export function reportOf(
  input: LinkInput, { extracts }: LoadedInput, result: LinkageResult, summary: LinkSummary,
  previous: PreviousLinks | undefined,
): object {
  const { byRegisterPair, models, scheme, threshold, timings, refusedLinks } = result;
  return {
    ...summary, versions: versions(), linkageSpec: input.spec,
    manifest: linkageManifest(
      extracts, input.spec, result, { engine: engineVersion(), sha256 }, previous?.entities),
    ...(input.kind === 'csv' ? {
      trial: 'plain CSV files, encoded in memory', encodingSpecHash: encodingSpecHash(input.encodingSpec),
      columns: Object.fromEntries(input.columns),
    } : {}),
    inputs: extracts.map(({ registerId, cardinality, records, segments }) => ({
      registerId, cardinality, records, segments: segments.map(({ filters: _, ...shape }) => shape),
    })),
    threshold, byRegisterPair, refusedLinks, timings,
    comparison: scheme.segments.map(({ name, cuts }) => ({ segment: name, cuts })),
    models: models.map(({ registers, model }) => ({
      registers, blocking: model.plan.kind, keyedBlocks: keyedBlocksOf(model.plan), pairs: model.plan.pairs,
      candidates: model.candidates,
      cutPairs: model.cutPairs, cutCandidates: model.cutCandidates,
      pairCompleteness: model.pairCompleteness, matches: model.matches,
      em: { iterations: model.em.iterations, converged: model.em.converged },
      mProbabilities: levelShares(model.match).map((shares) => Array.from(shares)),
      breakages: model.match.breakages,
    })),
  };
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function versions(): { readonly vinculum: string; readonly node: string } {
  const path = join(__dirname, '../../../package.json');
  const own = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return { vinculum: own.version, node: process.version };
}
