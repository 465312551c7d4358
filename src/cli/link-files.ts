import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  link, planLinkage,
  type LinkagePlan, type LinkageResources, type LinkageResult, type LinkageSpec, type PreviousEntities,
} from '#libs/linkage';
import { controlAgreement, measuredQuality, type MeasuredQuality } from '#libs/quality';
import { VinculumError, type EncodedExtract } from '#libs/record';
import { computeThreadsFor } from '../linkage-runs/compute-threads.js';
import { readControls, readPair, RecordFinder } from './control-pairs.js';
import { loadInputs, type LinkInput, type LoadedInput } from './link-inputs.js';
import { linksCsv, reportOf, type LinkSummary } from './link-report.js';
import { entityNames, readPreviousLinks, roundSummary } from './previous-links.js';

export interface LinkFilesResult {
  readonly summary: LinkSummary;
  readonly result: LinkageResult;
}

/** Reads, links and writes. Files are written under another name and renamed: whole or not at all. */
export async function linkFiles(input: LinkInput, resources: LinkageResources): Promise<LinkFilesResult> {
  const started = performance.now();
  const loaded = await loadInputs(input);
  const finder = new RecordFinder({
    registerIds: loaded.extracts.map(({ registerId }) => registerId), recordIds: loaded.recordIds,
  });
  const controls = input.controls === undefined ? undefined : await readControls(input.controls, finder);
  const explain = (input.explain ?? []).map((pair) => readPair(pair, finder));
  const { categories } = loaded;
  const previous = input.previous === undefined ? undefined
    : await readPreviousLinks(input.previous.links, loaded, input.previous.renewed);
  const result = await linkLoaded(
    loaded.extracts, input.spec, { ...resources, ...budgetOf(input), categories, explain },
    previous?.entities);
  const agreement = controls && controlAgreement(result.entityOf, controls);
  const round = previous && roundSummary(previous, loaded, result);
  const summary = {
    ...summarise(loaded, result, (performance.now() - started) / 1000),
    ...(agreement ? { controls: agreement } : {}), ...(round ? { round } : {}),
  };
  const names = entityNames(previous, result, loaded);
  writeAll([
    ...(input.out === undefined ? [] : [{ path: input.out, text: linksCsv(loaded, result, names) }]),
    ...(input.report === undefined ? [] : [{
      path: input.report,
      text: `${JSON.stringify(reportOf(input, loaded, result, summary, previous), null, 2)}\n`,
    }]),
  ]);
  return { summary, result };
}

/** What a run would take. `readingSeconds`: what reading the inputs took just now, and will take again. */
export interface FilesPlan extends LinkagePlan {
  readonly readingSeconds: number;
}

/** Reads, and says what linking would take; nothing is linked or written. */
export async function planFiles(input: LinkInput, resources: LinkageResources): Promise<FilesPlan> {
  const started = performance.now();
  const loaded = await loadInputs(input);
  const previous = input.previous === undefined ? undefined
    : await readPreviousLinks(input.previous.links, loaded, input.previous.renewed);
  const readingSeconds = (performance.now() - started) / 1000;
  const compute = computeThreadsFor(loaded.extracts);
  try {
    const plan = await planLinkage(loaded.extracts, input.spec, {
      ...resources, ...budgetOf(input), now: () => performance.now(), ...(compute ? { compute } : {}),
    }, previous?.entities);
    return { ...plan, readingSeconds };
  } finally {
    await compute?.close();
  }
}

function budgetOf({ mostMemoryBytes }: LinkInput): Pick<LinkageResources, 'mostMemoryBytes'> {
  return mostMemoryBytes === undefined ? {} : { mostMemoryBytes };
}

async function linkLoaded(
  extracts: readonly EncodedExtract[], spec: LinkageSpec, resources: LinkageResources,
  previous: PreviousEntities | undefined,
): Promise<LinkageResult> {
  const compute = computeThreadsFor(extracts);
  try {
    return await link(extracts, spec, {
      ...resources, now: () => performance.now(), ...(compute ? { compute } : {}),
    }, previous);
  } finally {
    await compute?.close();
  }
}

function summarise(
  { extracts, truth }: LoadedInput, result: LinkageResult, seconds: number,
): LinkSummary {
  const records = extracts.reduce((sum, extract) => sum + extract.records, 0);
  return {
    registers: extracts.length, records, entities: result.entities,
    threshold: result.threshold.probability, estimated: result.estimated,
    ...(result.bySubgroup.length > 0 ? { bySubgroup: result.bySubgroup } : {}),
    ...(truth.some((label) => label !== null) ? { measured: measure(extracts, truth, result) } : {}),
    warnings: result.warnings, seconds: Number(seconds.toFixed(3)),
  };
}

function measure(
  extracts: readonly EncodedExtract[], truth: readonly (string | null)[], { entityOf }: LinkageResult,
): MeasuredQuality {
  const registers = Uint8Array.from(extracts.flatMap(({ records }, r) => Array<number>(records).fill(r)));
  return measuredQuality(registers, Uint32Array.from(entityOf.flatMap((of) => Array.from(of))), truth);
}

const FOLDER = { code: 'EISDIR' };

/** Every file is written under another name before the first gets its own: all of them or none. */
function writeAll(files: readonly { readonly path: string; readonly text: string }[]): void {
  const partial = (path: string): string => `${path}.partial`;
  for (const { path, text } of files) {
    try {
      // A folder of that name would only be noticed when the file gets its own.
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), FOLDER);
      writeFileSync(partial(path), text);
    } catch (error) {
      for (const file of files) rmSync(partial(file.path), { force: true });
      throw new VinculumError('OUTPUT_UNWRITABLE',
        `cannot write ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
    }
  }
  for (const { path } of files) renameSync(partial(path), path);
}
