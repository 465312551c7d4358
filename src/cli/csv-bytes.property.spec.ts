import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { defaultSpecForRoles, parseClkhashSchema } from '#libs/encode';
import { VinculumError } from '#libs/record';
import { readManifest, verifyExtractFolder } from '../extract-folder/index.js';
import { makeClkExtract } from './clk-extract.js';
import { parseColumnMapping } from './column-mapping.js';
import { parseContentMap } from './content-map.js';
import type { TextEncoding } from './csv-rows.js';
import { encodeClkhash } from './encode-clkhash.js';
import { encodeExtract } from './encode-extract.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
const CONTENT = { sex: { column: 'sex', codes: { male: 'M', female: 'F' } } };
const SCHEMA = parseClkhashSchema({
  version: 1, clkConfig: { l: 64, k: 5, hash: { type: 'doubleHash' }, kdf: { type: 'HKDF' } },
  features: ['id', 'name', 'sex'].map((identifier) => (
    { identifier, format: { type: 'string', encoding: 'utf-8' }, hashing: { ngram: 2, weight: 1 } })),
});

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-bytes-')); });
beforeEach(() => { mkdirSync(folder, { recursive: true }); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
/** What a reader of CSV trips over, as bytes. */
const PIECES = [
  'a', 'M', '1', ' ', ',', ';', '\t', '"', '""', '\n', '\r\n', '\r', '\0', '\xe9', '\xc3\xa9', '\xc3', '\xef\xbb\xbf',
  '\xed\xa0\x80', '\xff\xfe', '\x85', '\xc2\xa0', '\x1a', 'x'.repeat(70_000),
].map(bytes);
const odd = fc.oneof({ arbitrary: fc.constantFrom(...PIECES), weight: 9 },
  fc.uint8Array({ maxLength: 4 }).map((given) => Buffer.from(given)));

interface Given {
  readonly file: Buffer;
  readonly encoding: TextEncoding | undefined;
}

/** A good file in some dialect, with odd bytes somewhere in it, or nothing but them. */
const given: fc.Arbitrary<Given> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'), lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  bom: fc.boolean(), quoted: fc.boolean(), noise: fc.array(fc.tuple(odd, fc.nat()), { maxLength: 3 }),
  rows: fc.array(fc.tuple(fc.constantFrom('José', 'Ana "A"', 'Щ', '', 'x;y,z\r\n'), fc.constantFrom('M', 'male', 'F', '')),
    { maxLength: 5 }),
  encoding: fc.constantFrom<TextEncoding | undefined>(undefined, 'utf8', 'latin1'), only: fc.nat(9),
}).map(({ delimiter, lineBreak, bom, quoted, noise, rows, encoding, only }) => {
  const plain = (value: string): string => value.replace(/[;,"\r\n]/g, '');
  const cell = (value: string): string => (quoted ? `"${value.replaceAll('"', '""')}"` : plain(value));
  const lines = [['id', 'name', 'sex'], ...rows.map((row, i) => [String(i), ...row])];
  const text = lines.map((line) => line.map(cell).join(delimiter) + lineBreak).join('');
  const start = only === 0 ? Buffer.alloc(0) : Buffer.from((bom ? '\ufeff' : '') + text, encoding);
  const file = noise.reduce((all, [piece, place]) => {
    const at = place % (all.length + 1);
    return Buffer.concat([all.subarray(0, at), piece, all.subarray(at)]);
  }, start);
  return { file, encoding };
});

/** Runs with the file in a folder; whether it went through. After a refusal the folder is as before. */
async function goesThrough({ file }: Given, run: () => Promise<unknown>): Promise<boolean> {
  writeFileSync(path('rows.csv'), file);
  const before = readdirSync(folder).sort();
  try {
    await run();
    return true;
  } catch (error) {
    if (!(error instanceof VinculumError)) throw error;
    expect(readdirSync(folder).sort()).toEqual(before);
    return false;
  }
}

/** The extract is whole and holds as many records; nothing lies beside it. */
async function expectWhole(out: string, inputs: readonly string[]): Promise<void> {
  expect(await verifyExtractFolder(path(out))).toMatchObject({ good: true });
  expect(readdirSync(folder).sort()).toEqual([...inputs, out].sort());
}

const register = { idColumn: 'id', secret: SECRET, registerId: 'r', cardinality: 'unique', referenceDate: '2026-01-01' } as const;

function extractOf({ encoding }: Given): Promise<unknown> {
  const columns = parseColumnMapping('fullName=name,sex=sex');
  return encodeExtract({
    ...register, people: path('rows.csv'), out: path('out'), columns, spec: defaultSpecForRoles([...columns.keys()]),
    content: parseContentMap(CONTENT), threads: 0, ...(encoding && { encoding }),
  });
}

/** Fuzzes a way through; both outcomes have to come up, or the test would show little. */
async function fuzz(runs: number, one: (input: Given) => Promise<boolean>): Promise<void> {
  const seen = { through: 0, refused: 0 };
  await fc.assert(fc.asyncProperty(given, async (input) => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    seen[await one(input) ? 'through' : 'refused']++;
  }), { numRuns: runs });
  expect(seen.through).toBeGreaterThan(0);
  expect(seen.refused).toBeGreaterThan(0);
}

describe('any bytes as a CSV file: refused with nothing left, or a whole result', () => {
  it('encode', () => fuzz(70, async (input) => {
    const through = await goesThrough(input, () => extractOf(input));
    if (through) await expectWhole('out', ['rows.csv']);
    return through;
  }));

  it('the events of encode', () => fuzz(40, async (input) => {
    // The columns that events need, under the names that the fuzzed file has.
    const renamed = input.file.toString('latin1').replace('name', 'kind').replace('sex', 'date,country');
    const file = bytes(renamed);
    const people = 'id,name,sex\n0,Ana,F\n1,Li,M\n2,Bo,M\n3,Io,F\n4,Al,M\n';
    const good = Buffer.from('id,kind,date,country\n0,departed,2025-01-31,LU\n');
    // Every other input is a good file, spoilt by what the fuzzed one begins with.
    const start = input.file.subarray(0, input.file.length % 5);
    const events = input.file.length % 2 === 0 ? file : Buffer.concat([good, start]);
    writeFileSync(path('people.csv'), people);
    const through = await goesThrough({ ...input, file: events }, () => encodeExtract({
      ...register, people: path('people.csv'), events: path('rows.csv'), out: path('out'), threads: 0,
      columns: parseColumnMapping('fullName=name,sex=sex'), spec: defaultSpecForRoles(['fullName', 'sex']),
      ...(input.encoding && { encoding: input.encoding }),
    }));
    if (through) await expectWhole('out', ['people.csv', 'rows.csv']);
    return through;
  }));

  it('encode --format clkhash', () => fuzz(100, async (input) => {
    let records = -1;
    const through = await goesThrough(input, async () => {
      const { encoding } = input;
      records = await encodeClkhash({
        rows: path('rows.csv'), out: path('out'), schema: SCHEMA, secret: SECRET, ...(encoding && { encoding }),
      });
    });
    if (!through) return false;
    const { clks } = JSON.parse(readFileSync(path('out'), 'utf8')) as { clks: string[] };
    expect(clks).toHaveLength(records);
    for (const clk of clks) expect(Buffer.from(clk, 'base64')).toHaveLength(8);
    expect(readdirSync(folder).sort()).toEqual(['out', 'rows.csv']);
    return true;
  }));

  it('import-clks', () => fuzz(120, async (input) => {
    // As many filters as the file has rows when nothing odd is in it; else often another number.
    const lines = input.file.filter((byte) => byte === 0x0a).length;
    const clks = Array<string>(Math.max(0, lines - 1)).fill('AQIDBAUGBwg=');
    writeFileSync(path('clks.json'), JSON.stringify({ clks }));
    const through = await goesThrough(input, () => makeClkExtract({
      ...register, people: path('rows.csv'), out: path('out'), specHash: '0f'.repeat(32),
      clks: { path: path('clks.json'), layout: 'json', bits: 64, bitOrder: 'msb' },
      content: parseContentMap(CONTENT), ...(input.encoding && { encoding: input.encoding }),
    }));
    if (!through) return false;
    await expectWhole('out', ['clks.json', 'rows.csv']);
    expect((await readManifest(path('out'))).records).toBe(clks.length);
    return true;
  }));
});

/** The files of an extract, by name. */
const partsOf = (out: string): (readonly [string, Buffer])[] =>
  readdirSync(out).sort().map((name) => [name, readFileSync(join(out, name))] as const);

it.each([
  ['a good file', 'id,name,sex\n1,Ana,M\n2,"a,b",F\n'],
  ['bytes that are no UTF-8', 'id,name,sex\n1,Jos\xe9,M\n'],
])('encode by two threads does with %s what it does by none', async (_name, text) => {
  const input: Given = { file: bytes(text), encoding: undefined };
  const through = await goesThrough(input, () => extractOf(input));
  const inputs = ['rows.csv', 'content.json', 'key'];
  const written = through ? partsOf(path('out')) : [];
  rmSync(path('out'), { recursive: true, force: true });
  writeFileSync(path('key'), SECRET, { mode: 0o600 });
  writeFileSync(path('content.json'), JSON.stringify(CONTENT));
  const { status } = spawnSync(process.execPath, [CLI, 'encode', '--in', path('rows.csv'), '--out', path('out'),
    '--secret-file', path('key'), '--register', 'r', '--cardinality', 'unique', '--reference-date', '2026-01-01', '--id', 'id',
    '--columns', 'fullName=name,sex=sex', '--content', path('content.json'), '--threads', '2']);
  expect(status).toBe(through ? 0 : 2);
  expect(existsSync(path('out'))).toBe(through);
  if (!through) return expect(readdirSync(folder).sort()).toEqual(inputs.sort());
  expect(partsOf(path('out'))).toEqual(written);
  await expectWhole('out', inputs);
});
