import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodingSpecHash, type EncodingSpec } from '#libs/encode';
import { link, type LinkageResources, type LinkageResult, type LinkageSpec } from '#libs/linkage';
import { levelShares } from '#libs/score';
import { measuredQuality, type MeasuredQuality } from '#libs/quality';
import { RECORD_ID_BYTES, VinculumError, type Cardinality, type EncodedExtract } from '#libs/record';
import { readEncodedExtract } from '../extract-folder/index.js';
import { computeThreadsFor } from '../linkage-runs/compute-threads.js';
import type { ColumnMapping } from './column-mapping.js';
import { readTrialFile, readTruthFile, type TrialFile } from './trial-extract.js';

interface LinkOutput {
  readonly spec: LinkageSpec;
  readonly out?: string;
  readonly report?: string;
}

export type LinkInput = LinkOutput & (
  | { readonly kind: 'extracts'; readonly folders: readonly string[] }
  | {
    readonly kind: 'csv';
    readonly files: readonly {
      readonly path: string; readonly registerId: string; readonly cardinality: Cardinality;
    }[];
    readonly columns: ColumnMapping;
    readonly encodingSpec: EncodingSpec;
    readonly id?: string;
    readonly truth?: string;
    readonly truthPattern?: RegExp;
    /** CSV of register, record id, person. */
    readonly truthFile?: string;
  });

export interface LinkSummary {
  readonly registers: number;
  readonly records: number;
  readonly entities: number;
  readonly threshold: number;
  readonly estimated: { readonly precision: number; readonly recall: number };
  readonly measured?: MeasuredQuality;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

export interface LinkFilesResult {
  readonly summary: LinkSummary;
  readonly result: LinkageResult;
}

interface LoadedInput {
  readonly extracts: readonly EncodedExtract[];
  readonly recordIds: readonly (readonly string[])[];
  readonly truth: readonly (string | null)[];
}

/** Reads, links and writes. Files are written under another name and renamed: whole or not at all. */
export async function linkFiles(input: LinkInput, resources: LinkageResources): Promise<LinkFilesResult> {
  const started = performance.now();
  const loaded = input.kind === 'csv' ? await loadTrial(input) : await loadExtracts(input.folders);
  const result = await linkLoaded(loaded.extracts, input.spec, resources);
  const summary = summarise(loaded, result, (performance.now() - started) / 1000);
  writeAll([
    ...(input.out === undefined ? [] : [{ path: input.out, text: linksCsv(loaded, result) }]),
    ...(input.report === undefined ? [] : [{
      path: input.report,
      text: `${JSON.stringify(reportOf(input, loaded, result, summary), null, 2)}\n`,
    }]),
  ]);
  return { summary, result };
}

async function linkLoaded(
  extracts: readonly EncodedExtract[], spec: LinkageSpec, resources: LinkageResources,
): Promise<LinkageResult> {
  const compute = computeThreadsFor(extracts);
  try {
    return await link(extracts, spec, {
      ...resources, now: () => performance.now(), ...(compute ? { compute } : {}),
    });
  } finally {
    await compute?.close();
  }
}

async function loadTrial(input: LinkInput & { kind: 'csv' }): Promise<LoadedInput> {
  const { id, truth, truthPattern, columns, encodingSpec } = input;
  const labels = input.truthFile === undefined ? undefined : await readTruthFile(input.truthFile);
  const files: TrialFile[] = [];
  for (const { path, registerId, cardinality } of input.files) {
    files.push(await readTrialFile(path, {
      columns, spec: encodingSpec, register: { registerId, cardinality },
      ...(id === undefined ? {} : { id }), ...(truth === undefined ? {} : { truth }),
      ...(truthPattern === undefined ? {} : { truthPattern }), ...(labels ? { labels } : {}),
    }));
  }
  // One file may lack a column; a column that all of them lack is a slip in the mapping.
  const absent = [...columns.values()].flat().filter((column) =>
    !files.some(({ header }) => header.includes(column)));
  if (absent.length > 0) {
    throw new VinculumError('COLUMNS_INVALID',
      `no file has the mapped column ${absent.map((column) => `"${column}"`).join(', ')}`);
  }
  return {
    extracts: files.map(({ extract }) => extract),
    recordIds: files.map(({ recordIds }) => recordIds),
    truth: files.flatMap((file) => file.truth),
  };
}

async function loadExtracts(folders: readonly string[]): Promise<LoadedInput> {
  const read = [];
  for (const folder of folders) read.push(await readEncodedExtract(folder));
  const [{ manifest: first }] = read;
  for (const { manifest } of read) {
    if (manifest.specHash !== first.specHash || manifest.keyFingerprint !== first.keyFingerprint) {
      throw new VinculumError('LINKAGE_INPUT_INVALID',
        `the extracts of ${first.registerId} and ${manifest.registerId} were encoded with another spec or key: `
        + 'encode both with the same');
    }
  }
  return {
    extracts: read.map(({ extract }) => extract),
    recordIds: read.map(({ recordIds, extract }) => Array.from({ length: extract.records }, (_, row) =>
      Buffer.from(recordIds.subarray(row * RECORD_ID_BYTES, (row + 1) * RECORD_ID_BYTES)).toString('hex'))),
    truth: [],
  };
}

function summarise(
  { extracts, truth }: LoadedInput, result: LinkageResult, seconds: number,
): LinkSummary {
  const records = extracts.reduce((sum, extract) => sum + extract.records, 0);
  return {
    registers: extracts.length, records, entities: result.entities,
    threshold: result.threshold.probability, estimated: result.estimated,
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

function linksCsv({ extracts, recordIds }: LoadedInput, { entityOf, probability }: LinkageResult): string {
  const lines = ['entity,register,record_id,probability'];
  extracts.forEach(({ registerId, records }, x) => {
    for (let row = 0; row < records; row++) {
      lines.push(`${entityOf[x][row]},${registerId},${csvField(recordIds[x][row])},`
        + probability[x][row].toFixed(6));
    }
  });
  return `${lines.join('\n')}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function reportOf(
  input: LinkInput, { extracts }: LoadedInput, result: LinkageResult, summary: LinkSummary,
): object {
  const { byRegisterPair, models, scheme, threshold, timings, refusedLinks } = result;
  return {
    ...summary, versions: versions(), linkageSpec: input.spec,
    ...(input.kind === 'csv' ? {
      trial: 'plain CSV files, encoded in memory', encodingSpecHash: encodingSpecHash(input.encodingSpec),
      columns: Object.fromEntries(input.columns),
    } : {}),
    inputs: extracts.map(({ registerId, cardinality, records, segments }) => ({
      registerId, cardinality, records, segments: segments.map(({ name, bits }) => ({ name, bits })),
    })),
    threshold, byRegisterPair, refusedLinks, timings,
    comparison: scheme.segments.map(({ name, cuts }) => ({ segment: name, cuts })),
    models: models.map(({ registers, model }) => ({
      registers, blocking: model.plan.kind, pairs: model.plan.pairs, candidates: model.candidates,
      cutPairs: model.cutPairs, pairCompleteness: model.pairCompleteness, matches: model.matches,
      em: { iterations: model.em.iterations, converged: model.em.converged },
      mProbabilities: levelShares(model.match).map((shares) => Array.from(shares)),
      breakages: model.match.breakages,
    })),
  };
}

function versions(): { readonly vinculum: string; readonly node: string } {
  const path = join(__dirname, '../../../package.json');
  const own = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return { vinculum: own.version, node: process.version };
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
