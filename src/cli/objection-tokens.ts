import { Command } from 'commander';
import { parseEncodingSpec } from '#libs/encode';
import { MAX_ROW_ERRORS, RECORD_ID_BYTES, VinculumError, type ExtractManifest, type RowError } from '#libs/record';
import { forEachRow, verifyExtractFolder } from '../extract-folder/index.js';
import { encodingToken } from '../objections/encoding-token.js';
import { MAX_TOKENS, OBJECTION_SCOPES, type ObjectionScope } from '../objections/objections.dto.js';
import { BAD_INPUT, DONE, endWith } from './command-end.js';
import { usage } from './usage.js';

const EXPLANATION = `
Example:
  vinculum encode --in objecting.csv --out objecting ... (spec, key and columns as for the register's extract)
  vinculum objection-tokens objecting > objections.jsonl
  head -n 1 objections.jsonl | curl -X POST .../api/projects/PROJECT/registers/REGISTER/objections \\
    -H 'Content-Type: application/json' -d @- ... (each line is the body of one request)

A token stands for whoever has the same encoding, in whatever register of the project, under whatever record id.
One letter of a name that is written otherwise makes another token: file the record ids too where you know them.

Exit codes: 0 written; 2 bad usage or input.`;

/** `vinculum objection-tokens`: what to file for the people of an extract, so that no register links them. */
export function objectionTokensCommand(): Command {
  return new Command('objection-tokens')
    .description('print the tokens of encoded people who object, as requests to the service')
    .argument('<extract>', 'folder that vinculum encode wrote from the people who object')
    .option('--scope <scope>', OBJECTION_SCOPES.join(' or '), 'project')
    .addHelpText('after', EXPLANATION)
    .action((folder: string, { scope }: { scope: string }) => endWith(false, () => run(folder, scope)));
}

async function run(folder: string, scope: string): Promise<number> {
  if (!isScope(scope)) throw usage(`--scope: expected ${OBJECTION_SCOPES.join(' or ')}`);
  const { manifest, good } = await verifyExtractFolder(folder);
  if (!manifest || !good) {
    console.error(`${folder} is not what its manifest says; look at it with vinculum inspect`);
    return BAD_INPUT;
  }
  assertSteady(manifest);
  const tokens = await tokensOf(folder, manifest);
  for (let at = 0; at < tokens.length; at += MAX_TOKENS) {
    console.log(JSON.stringify({ tokens: tokens.slice(at, at + MAX_TOKENS), scope }));
  }
  return DONE;
}

function isScope(scope: string): scope is ObjectionScope {
  return (OBJECTION_SCOPES as readonly string[]).includes(scope);
}

/** @throws VinculumError `ENCODING_NOT_STEADY` where the same person is encoded otherwise each time. */
function assertSteady({ spec }: ExtractManifest): void {
  if (spec === undefined || (typeof spec === 'object' && spec !== null && 'clkConfig' in spec)) return;
  const noisy = parseEncodingSpec(spec).segments
    .filter(({ hardening }) => hardening?.some(({ type }) => type === 'blip'));
  if (noisy.length === 0) return;
  throw new VinculumError('ENCODING_NOT_STEADY',
    `${noisy.map(({ name }) => name).join(', ')}: blip encodes the same person otherwise each time, so that no token `
    + 'finds anybody. File record ids');
}

/** Each once, in the order of the rows. @throws VinculumError `NOBODY_ENCODED` with the empty rows. */
async function tokensOf(folder: string, manifest: ExtractManifest): Promise<string[]> {
  const tokens = new Set<string>();
  const empty: number[] = [];
  await forEachRow(folder, manifest, (bytes, row) => {
    const token = encodingToken([bytes.subarray(RECORD_ID_BYTES)]);
    if (token) tokens.add(token.toString('hex'));
    else empty.push(row + 1);
  });
  if (empty.length === 0) return [...tokens];
  const rows: RowError[] = empty.slice(0, MAX_ROW_ERRORS)
    .map((row) => ({ row, field: '', reason: 'expected an identifier that is encoded, got none' }));
  throw new VinculumError('NOBODY_ENCODED', `${empty.length} rows stand for nobody; leave them out`, rows);
}
