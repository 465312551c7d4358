import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  clkhashSchemaHash, opaqueRecordId, parseClkhashSchema, writeFilter, type BitOrder,
} from '#libs/encode';
import { readEncodedExtract, verifyExtractFolder } from '../extract-folder/index.js';
import { makeClkExtract, type ClkExtractJob } from './clk-extract.js';
import { encodeClkhash } from './encode-clkhash.js';
import { importClksCommand } from './import-clks.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const golden = JSON.parse(readFileSync(resolve(__dirname, '../../test/vectors/clkhash_filters.json'), 'utf8')) as {
  header: string[]; rows: string[][];
  cases: { name: string; secret: string; schema: { clkConfig: { l: number } }; clks_base64: string[] }[];
};
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);

let folder: string;
const path = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path(name), content, { mode: 0o600 });
  return path(name);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-clks-'));
  write('people.csv', `id;sex\n${golden.rows.map((_, i) => `${i};F`).join('\n')}\n`);
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function job(bits: number, change: Partial<ClkExtractJob> = {}): ClkExtractJob {
  return {
    clks: { path: path('clks.json'), layout: 'json', bits, bitOrder: 'msb' }, people: path('people.csv'), idColumn: 'id',
    out: path('extract'), secret: SECRET, registerId: 'r', cardinality: 'unique', referenceDate: '2026-01-01',
    specHash: '0f'.repeat(32), ...change,
  };
}

const clksFile = (clks: readonly string[]): string => write('clks.json', JSON.stringify({ clks }));

/** A length of each kind: whole words, whole bytes, neither. */
const lengths = [...new Map(golden.cases.map((one) => [one.schema.clkConfig.l % 64, one])).values()];

describe('makeClkExtract', () => {
  it('has golden filters of lengths that are no multiple of 8', () => {
    expect(lengths.some(({ schema }) => schema.clkConfig.l % 8 > 0)).toBe(true);
  });

  it.each(lengths.map((one) => [one.schema.clkConfig.l, one] as const))(
    'takes golden filters of %d bits in both orders and layouts into the same good extract', async (bits, { clks_base64: clks }) => {
      const expected = clks.map((clk) => Buffer.from(clk, 'base64'));
      const files = (bitOrder: BitOrder): [string, ClkExtractJob['clks']][] => {
        const written = expected.map((filter) => writeFilter(filter, bitOrder));
        const whole = written.map((bytes) => Buffer.concat([bytes], expected[0].length));
        return [
          ['json', { path: clksFile(written.map((bytes) => Buffer.from(bytes).toString('base64'))), layout: 'json', bits, bitOrder }],
          ['binary', { path: write('clks.bin', Buffer.concat(whole)), layout: 'binary', bits, bitOrder }],
        ];
      };
      for (const bitOrder of ['msb', 'lsb'] as const) {
        for (const [, file] of files(bitOrder)) {
          rmSync(path('extract'), { recursive: true, force: true });
          await makeClkExtract(job(bits, { clks: file }));
          const { extract, recordIds } = await readEncodedExtract(path('extract'));
          expect(extract.segments[0].bits).toBe(expected[0].length * 8);
          expect(Buffer.from(extract.segments[0].filters)).toEqual(Buffer.concat(expected));
          expect(recordIds.subarray(16, 32)).toEqual(opaqueRecordId(SECRET, 'r', '1'));
          expect((await verifyExtractFolder(path('extract'))).good).toBe(true);
        }
      }
    });

  it.each<[string, () => Partial<ClkExtractJob>, object]>([
    ['rows that are no filter, together', () => {
      clksFile(golden.cases[0].clks_base64.with(1, 'AAAA').with(4, '?'));
      return {};
    }, { code: 'ROWS_REFUSED', rows: [{ row: 2, field: 'clk', reason: expect.stringContaining('bytes') }, { row: 5, field: 'clk', reason: expect.any(String) }] }],
    ['a filter too few', () => {
      clksFile(golden.cases[0].clks_base64.slice(1));
      return {};
    }, { code: 'ROWS_DIFFER' }],
    ['a filter too many', () => {
      clksFile([...golden.cases[0].clks_base64, golden.cases[0].clks_base64[0]]);
      return {};
    }, { code: 'ROWS_DIFFER' }],
    ['something after the end', () => {
      write('clks.json', `${JSON.stringify({ clks: golden.cases[0].clks_base64 })}x`);
      return {};
    }, { code: 'CLKS_INVALID' }],
    ['a repeated record id', () => {
      write('people.csv', `id;sex\n${golden.rows.map(() => '7;F').join('\n')}\n`);
      return {};
    }, { code: 'ROWS_REFUSED' }],
    ['no file of filters', () => ({ clks: { path: path('nowhere'), layout: 'json', bits: 8, bitOrder: 'msb' } }), { code: 'CLKS_UNREADABLE' }],
    ['no column of that name', () => ({ idColumn: 'number' }), { code: 'COLUMNS_INVALID' }],
    ['filters that are too long', () => ({ clks: { path: path('clks.json'), layout: 'json', bits: 65_537, bitOrder: 'msb' } }), { code: 'FILTER_TOO_LONG' }],
  ])('refuses %s and leaves nothing', async (_name, change, refusal) => {
    clksFile(golden.cases[0].clks_base64);
    const given = job(golden.cases[0].schema.clkConfig.l, change());
    const before = readdirSync(folder).sort();
    await expect(makeClkExtract(given)).rejects.toMatchObject(refusal);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

describe('vinculum import-clks', () => {
  const silent = (): void => undefined;
  beforeEach(() => { for (const print of ['log', 'error'] as const) jest.spyOn(console, print).mockImplementation(silent); });
  afterEach(() => {
    process.exitCode = 0;
    jest.restoreAllMocks();
  });

  it('makes of what encode --format clkhash wrote an extract that inspect takes, with its schema', async () => {
    const { schema, secret } = golden.cases[0];
    write('rows.csv', [golden.header, ...golden.rows].map((row) =>
      row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n'));
    const parsed = parseClkhashSchema(schema);
    const files = { rows: path('rows.csv'), out: path('made.json') };
    await encodeClkhash({ ...files, schema: parsed, secret: Buffer.from(secret), bitOrder: 'lsb' });
    await importClksCommand().parseAsync(['--clks', path('made.json'), '--bit-order', 'lsb', '--in', path('people.csv'), '--id', 'id',
      '--out', path('extract'), '--secret-file', write('project.key', SECRET), '--register', 'r', '--cardinality', 'unique',
      '--reference-date', '2026-01-01', '--spec', write('schema.json', JSON.stringify(schema)),
      '--content', write('content.json', '{"sex":{"column":"sex"}}')], { from: 'user' });
    expect(process.exitCode).toBe(0);
    const { manifest, extract } = await readEncodedExtract(path('extract'));
    const records = golden.rows.length;
    expect(manifest).toMatchObject({ specHash: clkhashSchemaHash(parsed), records, parts: { content: {} } });
    expect(Buffer.from(extract.segments[0].filters))
      .toEqual(Buffer.concat(golden.cases[0].clks_base64.map((clk) => Buffer.from(clk, 'base64'))));
    const inspected = spawnSync(process.execPath, [CLI, 'inspect', path('extract'), '--spec', path('schema.json')]);
    expect(inspected.status).toBe(0);
    expect(existsSync(path('extract.partial'))).toBe(false);
  });
});

describe('clkhashSchemaHash', () => {
  it('is that of the meaning, not of the text', () => {
    const feature = (rest: object): object => ({ identifier: 'n', format: { type: 'string', description: 'a name' }, ...rest });
    const hash = (schema: object): string => clkhashSchemaHash(parseClkhashSchema(schema));
    const clkConfig = { l: 64, kdf: { type: 'HKDF' } };
    const hashing = { ngram: 2, strategy: { k: 5 }, hash: { type: 'blakeHash' } };
    const second = { version: 2, clkConfig, features: [feature({ hashing })] };
    const third = (n: number): object => ({ version: 3, clkConfig, features: [
      { ...feature({ hashing: { comparison: { type: 'ngram', n }, strategy: { bitsPerToken: 5 } } }), description: 'other words' }] });
    expect(hash(second)).toBe(hash(third(2)));
    expect(hash(third(3))).not.toBe(hash(third(2)));
  });
});
