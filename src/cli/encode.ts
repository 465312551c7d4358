import { Command, InvalidArgumentError, Option } from 'commander';
import {
  BIT_ORDERS, defaultSpecForRoles, parseClkhashSchema, parseEncodingSpec, rolesOfSpec,
  type BitOrder, type EncodingSpec,
} from '#libs/encode';
import type { Cardinality, ExtractManifest } from '#libs/record';
import { parseColumnMapping, rolesOf, type ColumnMapping } from './column-mapping.js';
import { DONE, endWith } from './command-end.js';
import { parseContentMap } from './content-map.js';
import { TEXT_ENCODINGS, type TextEncoding } from './csv-rows.js';
import { encodeClkhash } from './encode-clkhash.js';
import { encodeExtract, type EncodeJob } from './encode-extract.js';
import { interruptible } from './interruption.js';
import { readJsonFile } from './json-file.js';
import { readingProgress } from './progress-bar.js';
import { assertRegisterOptions } from './register-options.js';
import { readClkhashSecretFile, readSecretFile } from './secret-file.js';
import { usage } from './usage.js';

interface EncodeOptions {
  readonly in: string;
  readonly out: string;
  readonly secretFile: string;
  readonly register: string;
  readonly cardinality: Cardinality;
  readonly referenceDate: string;
  readonly columns: string;
  readonly id: string;
  readonly spec?: string;
  readonly content?: string;
  readonly events?: string;
  readonly encoding?: TextEncoding;
  readonly tolerateDates?: true;
  readonly threads?: number;
  readonly bitOrder?: BitOrder;
  readonly json?: true;
}

/** What commander hands over: what an extract needs besides is checked by `withRequired`. */
type GivenOptions =
  Pick<EncodeOptions, 'in' | 'out' | 'secretFile'> & Partial<EncodeOptions> & { readonly format: string };

const REQUIRED_FOR_EXTRACT = {
  register: '--register', cardinality: '--cardinality', referenceDate: '--reference-date', columns: '--columns',
  id: '--id',
} as const;

const MAX_THREADS = 256;

const EXAMPLE = `
Example:
  vinculum encode --in people.csv --out extract --secret-file project.key --register population-register \\
    --cardinality unique --reference-date 2026-01-01 --id record_id \\
    --columns givenName=given_names,familyName=family_name,birthDate=birth_date,sex=sex \\
    --content content-map.json --events events.csv

The content map says where the coarse variables come from, and what the register's codes mean:
  {"sex":{"column":"sex","codes":{"male":"M","female":"F"}},"birthMonth":{"column":"birth_date"},
   "citizenship":{"column":"citizenship","source":"self"},"countryOfBirth":{"column":"country_of_birth"}}
A source is self (the person said it), third-party (somebody else knew it; the default) or inferred (guessed
from other values, which the service refuses for all but the month of birth).

With --format clkhash the columns are the features of the schema, in order, values stay untouched (no
trimming, no transliteration), and --out is a file {"clks":[base64,...]} in row order:
  vinculum encode --format clkhash --spec schema.json --secret-file s --in rows.csv --out clks.json

Exit codes: 0 written; 2 refused, with rows and reasons, and nothing written.`;

/** `vinculum encode`: a register's CSV into an extract, on the custodian's premises. */
export function encodeCommand(): Command {
  return new Command('encode')
    .description('encode a register into an extract; identifiers and key stay here')
    .requiredOption('--in <file>', 'CSV of people: UTF-8, header line, comma, semicolon or tab')
    .requiredOption('--out <folder>', 'extract to create; must not exist')
    .requiredOption('--secret-file <file>', 'secret of the project (vinculum key new)')
    .option('--register <id>', 'identifier of the register, for example population-register')
    .addOption(new Option('--cardinality <kind>', 'records a person can have').choices(['unique', 'many']))
    .option('--reference-date <date>', 'date to which the register was frozen, YYYY-MM-DD')
    .option('--columns <mapping>', 'role=column,role=column,...')
    .option('--id <column>', 'column of the record id')
    .option('--spec <file>', 'encoding spec of the project; default: the default profile for the roles of --columns')
    .option('--content <file>', 'content map; without it the extract has no content')
    .option('--events <file>', 'CSV of events: the id column, kind, date, country')
    .addOption(new Option('--encoding <name>', 'encoding of the CSV files').choices(TEXT_ENCODINGS))
    .option('--tolerate-dates', 'encode what can be read of a wrong date of birth instead of refusing the row')
    .addOption(new Option('--format <name>', 'extract, or a clkhash file of the linkage schema in --spec')
      .choices(['extract', 'clkhash']).default('extract'))
    .option('--threads <number>', 'threads that encode; default: one a core but one for large files', wholeNumber)
    .addOption(new Option('--bit-order <order>',
      'clkhash format only: first bit of a byte; lsb (Java BitSet, Leipzig) also drops zero bytes at the end')
      .choices(BIT_ORDERS))
    .option('--json', 'print a summary as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action((options: GivenOptions) => endWith(options.json === true, () => interruptible((signal) =>
      (options.format === 'clkhash' ? runClkhash(options, signal) : run(withRequired(options), signal)))));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= MAX_THREADS) return value;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${MAX_THREADS}.`);
}

function withRequired(options: GivenOptions): EncodeOptions {
  const missing = Object.entries(REQUIRED_FOR_EXTRACT)
    .filter(([member]) => options[member as keyof typeof REQUIRED_FOR_EXTRACT] === undefined);
  if (missing.length === 0) return options as EncodeOptions;
  throw usage(`expected ${missing.map(([, flag]) => flag).join(', ')}; see vinculum encode --help`);
}

async function runClkhash(options: GivenOptions, signal: AbortSignal): Promise<number> {
  if (options.spec === undefined) throw usage('expected --spec with the clkhash linkage schema');
  const schema = parseClkhashSchema(readJsonFile(options.spec, '--spec'));
  for (const notice of schema.notices) console.error(`note: ${notice}`);
  const secret = readClkhashSecretFile(options.secretFile);
  const bar = readingProgress('encode', [options.in]);
  const started = performance.now();
  try {
    const { in: rows, out, encoding, bitOrder } = options;
    const records = await encodeClkhash({
      rows, out, schema, secret, signal, onProgress: bar.update,
      ...(encoding && { encoding }), ...(bitOrder && { bitOrder }),
    });
    bar.stop();
    console.error(`${records} records encoded into ${out}`);
    const { bits, xorFolds } = schema;
    if (options.json) {
      const pace = paceOf(records, started);
      console.log(JSON.stringify({ out, records, bits, xorFolds, notices: schema.notices, ...pace }));
    }
    return DONE;
  } finally {
    bar.stop();
    secret.fill(0);
  }
}

async function run(options: EncodeOptions, signal: AbortSignal): Promise<number> {
  const bar = readingProgress('encode', [options.in, options.events]);
  const secret = readSecretFile(options.secretFile);
  const started = performance.now();
  try {
    const job = { ...jobOf(options), secret, onProgress: bar.update, signal };
    const manifest = await encodeExtract(job);
    bar.stop();
    report(manifest, job, options, started);
    return DONE;
  } finally {
    bar.stop();
    secret.fill(0);
  }
}

function jobOf(options: EncodeOptions): Omit<EncodeJob, 'secret'> {
  assertRegisterOptions(options);
  const columns = parseColumnMapping(options.columns);
  const { events, encoding, tolerateDates, threads, content } = options;
  return {
    people: options.in, out: options.out, registerId: options.register, cardinality: options.cardinality,
    referenceDate: options.referenceDate, idColumn: options.id, columns, spec: specOf(options, columns),
    ...(content === undefined ? {} : { content: parseContentMap(readJsonFile(content, '--content')) }),
    ...(events === undefined ? {} : { events }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(tolerateDates === undefined ? {} : { tolerateDates }),
    ...(threads === undefined ? {} : { threads }),
  };
}

function specOf(options: EncodeOptions, columns: ColumnMapping): EncodingSpec {
  const held = rolesOf(columns);
  if (options.spec === undefined) return defaultSpecForRoles(held);
  const spec = parseEncodingSpec(readJsonFile(options.spec, '--spec'));
  const roles = rolesOfSpec(spec);
  const surplus = held.filter((role) => !roles.includes(role));
  if (surplus.length > 0) throw usage(`--columns: the spec has no ${surplus.join(', ')}`);
  const missing = roles.filter((role) => !held.includes(role));
  if (missing.length === roles.length) throw usage('--columns: expected at least one role of the spec');
  if (missing.length > 0) console.error(`not held by this register, missing in every record: ${missing.join(', ')}`);
  return spec;
}

function report(
  manifest: ExtractManifest, job: Pick<EncodeJob, 'spec'>, options: EncodeOptions, started: number,
): void {
  const { registerId, records, segments, specHash, keyFingerprint, parts } = manifest;
  console.error(`${records} records of ${registerId} encoded into ${options.out}`);
  console.error(`spec "${job.spec.name}" ${specHash}, key fingerprint ${keyFingerprint}`);
  const rules = (job.spec.blocks ?? []).map(({ name }) => name);
  if (rules.length > 0) {
    console.error(`warning: each record has block keys (${rules.join(', ')}): they tell which records have equal values, `
      + 'whatever the hardening; see docs/encoding.md, and vinculum inspect for how large the blocks are');
  }
  if (options.json !== true) return;
  console.log(JSON.stringify({
    out: options.out, registerId, records, events: parts.events?.rows ?? 0, segments, specHash,
    keyFingerprint, ...paceOf(records, started),
  }));
}

/** Time since `started`, and what the whole process took, its start and all threads included. */
function paceOf(records: number, started: number): object {
  const seconds = (performance.now() - started) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = Math.round((userCPUTime + systemCPUTime) / 1e3) / 1e3;
  return {
    seconds: Number(seconds.toFixed(3)), recordsPerSecond: Math.round(records / seconds), cpuSeconds,
    peakRssMb: Math.round(maxRSS / 1024),
  };
}
