import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { BIT_ORDERS, clkhashSchemaHash, parseClkhashSchema, type BitOrder } from '#libs/encode';
import type { Cardinality, JsonValue } from '#libs/record';
import { makeClkExtract } from './clk-extract.js';
import { CLK_LAYOUTS, type ClkLayout } from './clk-rows.js';
import { DONE, endWith } from './command-end.js';
import { parseContentMap } from './content-map.js';
import { TEXT_ENCODINGS, type TextEncoding } from './csv-rows.js';
import { interruptible } from './interruption.js';
import { readJsonFile } from './json-file.js';
import { assertRegisterOptions } from './register-options.js';
import { readSecretFile } from './secret-file.js';
import { usage } from './usage.js';

interface ImportOptions {
  readonly clks: string;
  readonly in: string;
  readonly id: string;
  readonly out: string;
  readonly secretFile: string;
  readonly register: string;
  readonly cardinality: Cardinality;
  readonly referenceDate: string;
  readonly spec: string;
  readonly bits?: number;
  readonly bitOrder: BitOrder;
  readonly layout: ClkLayout;
  readonly content?: string;
  readonly events?: string;
  readonly encoding?: TextEncoding;
  readonly json?: true;
}

const EXAMPLE = `
Example:
  vinculum import-clks --clks clks.json --spec linkage-schema.json --in register.csv --id id --secret-file project.key \\
    --register population-register --cardinality unique --reference-date 2026-01-01 --content content.json --out extract

The CSV has a row for each filter, in the same order: record ids, and content where there is a content map. Nothing else of it
is read. The secret makes the opaque record ids; give clkhash the same file as its secret, so that equal fingerprints mean equal
keys. Filters of other programs: --bits with their length, and as --spec the document that the custodians agreed on.
Exit codes: 0 written, 2 refused.`;

/** `vinculum import-clks`: makes an extract of filters that clkhash or another program encoded. */
export function importClksCommand(): Command {
  return new Command('import-clks')
    .description('make an extract of filters that clkhash or another program encoded')
    .requiredOption('--clks <file>', 'filters: {"clks":[base64,...]}, or bytes with --layout binary')
    .requiredOption('--in <file>', 'CSV of the same records in the same order')
    .requiredOption('--id <column>', 'column of the record id')
    .requiredOption('--out <folder>', 'folder to create; must not exist')
    .requiredOption('--secret-file <file>', 'secret of the project')
    .requiredOption('--register <name>', 'name of the register in the project')
    .addOption(new Option('--cardinality <kind>', 'records a person can have').choices(['unique', 'many'])
      .makeOptionMandatory())
    .requiredOption('--reference-date <date>', 'date to which the register was frozen, YYYY-MM-DD')
    .requiredOption('--spec <file>', 'clkhash linkage schema; with --bits any document that was agreed on')
    .option('--bits <number>', 'length of a filter, for filters of other programs than clkhash', wholeNumber)
    .addOption(new Option('--bit-order <order>', 'first bit of a byte: msb as clkhash, lsb as Java BitSet (Leipzig)')
      .choices(BIT_ORDERS).default('msb'))
    .addOption(new Option('--layout <kind>', 'form of the file of filters').choices(CLK_LAYOUTS).default('json'))
    .option('--content <file>', 'content map; without it the extract has no content')
    .option('--events <file>', 'CSV of events: the id column, kind, date, country')
    .addOption(new Option('--encoding <name>', 'encoding of the CSV files').choices(TEXT_ENCODINGS))
    .option('--json', 'print a summary as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action((options: ImportOptions) => endWith(options.json === true, () => run(options)));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.');
  }
  return value;
}

async function run(options: ImportOptions): Promise<number> {
  assertRegisterOptions(options);
  const { bits, specHash, schema } = agreedDocument(options);
  const content = options.content === undefined ? undefined
    : parseContentMap(readJsonFile(options.content, '--content'));
  const secret = readSecretFile(options.secretFile);
  return interruptible(async (signal) => {
    const manifest = await makeClkExtract({
      clks: { path: options.clks, layout: options.layout, bits, bitOrder: options.bitOrder },
      people: options.in, idColumn: options.id, out: options.out, secret, specHash, signal,
      ...(schema === undefined ? {} : { spec: schema }),
      registerId: options.register, cardinality: options.cardinality, referenceDate: options.referenceDate,
      ...(content && { content }), ...(options.events !== undefined && { events: options.events }),
      ...(options.encoding && { encoding: options.encoding }),
    });
    const { records, keyFingerprint, segments, parts } = manifest;
    console.error(`${records} filters of ${options.register} written into ${options.out}`);
    console.error(`spec ${specHash}, key fingerprint ${keyFingerprint}`);
    if (options.json) {
      console.log(JSON.stringify({
        out: options.out, registerId: options.register, records, events: parts.events?.rows ?? 0, segments,
        specHash, keyFingerprint,
      }));
    }
    return DONE;
  }).finally(() => secret.fill(0));
}

function agreedDocument(
  { spec, bits }: ImportOptions,
): { readonly bits: number; readonly specHash: string; readonly schema?: JsonValue } {
  if (bits !== undefined) return { bits, specHash: createHash('sha256').update(readDocument(spec)).digest('hex') };
  const json = readJsonFile(spec, '--spec') as JsonValue;
  const schema = parseClkhashSchema(json);
  for (const notice of schema.notices) console.error(`note: ${notice}`);
  return { bits: schema.bits, specHash: clkhashSchemaHash(schema), schema: json };
}

function readDocument(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw usage(`--spec: expected a readable file at ${path}`);
  }
}
