import { statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { defaultSpecForRoles } from '#libs/encode';
import { parseLinkageSpec } from '#libs/linkage';
import { REGISTER_ID_PATTERN, type Cardinality } from '#libs/record';
import { readManifest } from '../extract-folder/index.js';
import { parseColumnMapping, rolesOf } from './column-mapping.js';
import { DONE, endWith } from './command-end.js';
import { interruptible } from './interruption.js';
import { readJsonFile } from './json-file.js';
import { linkFiles, planFiles } from './link-files.js';
import type { LinkInput } from './link-inputs.js';
import { printExplanation, printPlan, printSummary } from './link-summary.js';
import { usage } from './usage.js';

interface LinkOptions {
  readonly out?: string;
  readonly report?: string;
  readonly spec?: string;
  readonly columns?: string;
  readonly id?: string;
  readonly truth?: string;
  readonly truthPattern?: string;
  readonly truthFile?: string;
  readonly many?: string;
  readonly by?: string;
  readonly controls?: string;
  readonly explain?: readonly string[];
  readonly plan?: true;
  readonly mostMemory?: string;
  readonly previous?: string;
  readonly renewed?: string;
  readonly json?: true;
}

/** Compiled, this file lies in dist/src/cli; the spec stays in the source tree. */
const DEFAULT_SPEC = join(__dirname, '../../../config/linkage/default.json');

const EXAMPLE = `
An input is an extract (a folder that vinculum encode wrote), or a plain CSV file, which is encoded in memory
for a trial and asks for --columns. All inputs are of one kind.

Example:
  vinculum link a.csv b.csv --columns givenName=first,familyName=last,birthDate=dob --id id \\
    --out links.csv --report report.json

links.csv has one row a record: entity,register,record_id,probability. Records of one entity are linked.

A later round names all extracts, the old ones too, and the links of the round before:
  vinculum link a b new-c --previous links.csv --out links-2.csv
An extract with the same record ids as there is taken as the same; one with others as a newer one of its
register, whose records keep their entity unless their links changed.
Exit codes: 0 linked, 2 refused.`;

/** `vinculum link`: links extracts or, for a trial, CSV files, without a server. */
export function linkCommand(): Command {
  return new Command('link')
    .description('link two or more extracts (or CSV files, for a trial) without a server')
    .argument('<inputs...>', 'extract folders or CSV files, at least two')
    .option('--out <file>', 'links to write: entity,register,record_id,probability')
    .option('--report <file>', 'report to write: parameters, threshold, estimates, timings, versions')
    .option('--spec <file>', 'linkage spec; default: the shipped one')
    .option('--columns <mapping>', 'CSV only: role=column,role=column,...')
    .option('--id <column>', 'CSV only: column of the record id; default: the row number')
    .option('--truth <column>', 'CSV only: column of the label, to measure quality with')
    .option('--truth-pattern <regex>', 'CSV only: the label inside the record id (first group, or the match)')
    .option('--truth-file <file>', 'CSV only: labels in a file of register, record id, person')
    .option('--many <registers>', 'CSV only: registers in which a person can have many records, by comma')
    .option('--by <categories>', 'tell the expected quality by sex, age, citizenship, country-of-birth of extracts, '
      + 'or by columns of CSV files; small groups are withheld')
    .option('--controls <file>', 'known pairs: register, record id, register, record id, yes or no')
    .option('--explain <pair...>', 'say why two records are linked or not: register/id,register/id')
    .option('--plan', 'say how many comparisons, how much memory and time linking would take, '
      + 'and link nothing')
    .option('--most-memory <MiB>', 'refuse a run that is predicted to take more beyond the extracts')
    .option('--previous <file>', 'links.csv of the round before: only pairs with a new or newer extract are compared, '
      + 'and entities keep their names')
    .option('--renewed <registers>', 'with --previous: registers whose extract was corrected since, by comma')
    .option('--json', 'print a summary as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action((inputs: string[], options: LinkOptions) =>
      endWith(options.json === true, () => interruptible((signal) => run(inputs, options, signal))));
}

async function run(inputs: string[], options: LinkOptions, signal: AbortSignal): Promise<number> {
  const bar = new SingleBar({
    format: 'link [{bar}] {percentage}% {registers}, {eta_formatted} left', stream: process.stderr,
    clearOnComplete: true,
  });
  try {
    const input = await inputOf(inputs, options);
    if (input.kind === 'csv') console.error('a trial: identifiers are read and encoded in memory only');
    if (options.plan === true) return await plan(input, options, signal);
    if (process.stderr.isTTY) bar.start(100, 0, { registers: '' });
    const result = await linkFiles(input, {
      signal,
      onProgress: ({ fraction, registers }) => bar.update(Math.round(100 * fraction), { registers }),
    });
    bar.stop();
    printSummary(result.summary, options.out);
    const { explanations } = result.result;
    for (const explanation of explanations) printExplanation(explanation);
    // Not in the report, which may be shown around: it says how like two records are.
    const explained = options.explain === undefined ? {} : { explanations };
    if (options.json === true) console.log(JSON.stringify({ ...result.summary, ...explained }));
    return DONE;
  } finally {
    bar.stop();
  }
}

async function plan(input: LinkInput, { json }: LinkOptions, signal: AbortSignal): Promise<number> {
  const planned = await planFiles(input, { signal });
  printPlan(planned);
  if (json === true) console.log(JSON.stringify(planned));
  return DONE;
}

async function inputOf(inputs: string[], options: LinkOptions): Promise<LinkInput> {
  if (inputs.length < 2) throw usage(`expected at least two inputs, got ${inputs.length}`);
  const spec = parseLinkageSpec(readJsonFile(options.spec ?? DEFAULT_SPEC, '--spec'));
  const output = {
    ...(options.out === undefined ? {} : { out: resolve(options.out) }),
    ...(options.report === undefined ? {} : { report: resolve(options.report) }),
    ...(options.by === undefined ? {} : { by: options.by.split(',').map((name) => name.trim()) }),
    ...(options.explain === undefined ? {} : { explain: options.explain }),
    ...previousOf(options), ...budgetOf(options),
    ...(options.controls === undefined ? {} : { controls: resolve(options.controls) }),
  };
  const folders = inputs.filter((input) => isFolder(input));
  if (folders.length === inputs.length) {
    const csvOnly = (['columns', 'id', 'truth', 'truthPattern', 'truthFile', 'many'] as const)
      .filter((option) => options[option] !== undefined);
    if (csvOnly.length > 0) throw usage(`an extract takes no --${csvOnly.join(', --')}`);
    for (const folder of folders) await readManifest(folder);
    return { kind: 'extracts', folders, spec, ...output };
  }
  if (folders.length > 0) throw usage('expected extracts only or CSV files only, got both');
  if (options.columns === undefined) throw usage('expected --columns role=column,... for CSV files');
  const columns = parseColumnMapping(options.columns);
  return {
    kind: 'csv', spec, ...output, columns, encodingSpec: defaultSpecForRoles(rolesOf(columns)),
    files: filesWithRegisters(inputs, options.many),
    ...(options.id === undefined ? {} : { id: options.id }),
    ...(options.truth === undefined ? {} : { truth: options.truth }),
    ...(options.truthPattern === undefined ? {} : { truthPattern: pattern(options.truthPattern) }),
    ...(options.truthFile === undefined ? {} : { truthFile: resolve(options.truthFile) }),
  };
}

function budgetOf({ mostMemory, plan: planned, out, report }: LinkOptions): Pick<LinkInput, 'mostMemoryBytes'> {
  if (planned && (out !== undefined || report !== undefined)) throw usage('--plan links nothing: leave out --out and --report');
  if (mostMemory === undefined) return {};
  if (!/^[1-9][0-9]{0,8}$/.test(mostMemory)) throw usage('--most-memory: expected a whole number of MiB from 1');
  return { mostMemoryBytes: Number(mostMemory) * 2 ** 20 };
}

function previousOf({ previous, renewed, id, columns }: LinkOptions): Pick<LinkInput, 'previous'> {
  if (previous === undefined) {
    if (renewed !== undefined) throw usage('--renewed goes with --previous');
    return {};
  }
  if (columns !== undefined && id === undefined) {
    throw usage('--previous asks for --id: a row number does not name a record from round to round');
  }
  const registers = renewed === undefined ? [] : renewed.split(',').map((register) => register.trim());
  return { previous: { links: resolve(previous), renewed: registers } };
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw usage(`no such file or folder: ${path}`);
  return found.isDirectory();
}

/** A register is named after its file; files of one name after their folders, or by number. */
function filesWithRegisters(
  inputs: readonly string[], many: string | undefined,
): { path: string; registerId: string; cardinality: Cardinality }[] {
  const files = inputs.map((input) => registerName(basename(input, extname(input))));
  const folders = inputs.map((input) => registerName(basename(dirname(resolve(input)))));
  const distinct = (names: readonly string[]): boolean => new Set(names).size === names.length;
  const registerIds = [files, folders].find(distinct) ?? files.map((name, n) => `${name}-${n + 1}`);
  const wanted = many === undefined ? [] : many.split(',').map((register) => register.trim());
  const unknown = wanted.filter((register) => !registerIds.includes(register));
  if (unknown.length > 0) throw usage(`--many: no register ${unknown.join(', ')}; they are ${registerIds.join(', ')}`);
  return inputs.map((path, n) => {
    const registerId = registerIds[n];
    if (!REGISTER_ID_PATTERN.test(registerId)) throw usage(`no register name in the file name of ${path}`);
    return { path, registerId, cardinality: wanted.includes(registerId) ? 'many' : 'unique' };
  });
}

function registerName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').replace(/-+$/, '');
  return name.slice(0, 60) || 'register';
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw usage(`--truth-pattern: expected a regular expression, got ${text}`);
  }
}
