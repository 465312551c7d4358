import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseClkhashSchema } from '#libs/encode';
import { encodeClkhash } from './encode-clkhash.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const golden = JSON.parse(readFileSync(resolve(__dirname, '../../test/vectors/clkhash_filters.json'), 'utf8')) as {
  header: string[]; rows: string[][];
  cases: { name: string; secret: string; schema: unknown; clks_base64: string[] }[];
};

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-clkhash-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n');
}

function encode(
  rows: readonly (readonly string[])[], schema: unknown, secret: string, out = 'clks.json',
): ReturnType<typeof spawnSync> {
  const files = { 'rows.csv': csv(rows), 'schema.json': JSON.stringify(schema), secret: `${secret}\n` };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  const path = (name: string): string => join(folder, name);
  return spawnSync(process.execPath, [CLI, 'encode', '--format', 'clkhash', '--spec', path('schema.json'),
    '--secret-file', path('secret'), '--in', path('rows.csv'), '--out', path(out)], { encoding: 'utf8' });
}

describe('vinculum encode --format clkhash', () => {
  it('writes the golden filters in row order', () => {
    const { schema, secret, clks_base64: clks } = golden.cases[1];
    const done = encode([golden.header, ...golden.rows], schema, secret);
    expect(done.stderr).toContain('40 records');
    expect(done.stderr).not.toContain('WARNING');
    expect(done.status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'clks.json'), 'utf8'))).toEqual({ clks });
  });

  it('says which spelling of the folds was applied', () => {
    const { schema, secret, clks_base64: clks } = golden.cases[4];
    const done = encode([golden.header, ...golden.rows], schema, secret);
    expect(done.stderr).toMatch(/note: clkConfig.xorFolds is ignored/);
    expect(done.stderr).toContain('WARNING: the secret is shorter than 16 bytes');
    expect(JSON.parse(readFileSync(join(folder, 'clks.json'), 'utf8'))).toEqual({ clks });
  });

  it('refuses bad rows and other columns, and leaves no file', () => {
    const { schema, secret } = golden.cases[0];
    const bad = golden.rows[0].with(3, '31.01.1970');
    const refused = encode([golden.header, golden.rows[1], bad], schema, secret);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/row 2, dob: expected a date in the schema's format/);
    expect(refused.stderr).not.toContain('31.01.1970');
    expect(encode([golden.header.toReversed(), golden.rows[1]], schema, secret).status).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['rows.csv', 'schema.json', 'secret']);
  });

  it('does not repeat a first line that is no header', () => {
    const { schema, secret } = golden.cases[0];
    const refused = encode(golden.rows, schema, secret);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/COLUMNS_INVALID: .* got \d+ columns/);
    const values = golden.rows[0].filter((text) => text.length > 2);
    for (const value of values) expect(refused.stderr).not.toContain(value);
  });

  it('refuses an output that cannot be written', () => {
    const { schema, secret } = golden.cases[0];
    const refused = encode([golden.header, golden.rows[0]], schema, secret, 'secret/clks.json');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('OUTPUT_NOT_WRITTEN') });
  });

  it('tells how much it has read', async () => {
    const { schema, secret } = golden.cases[0];
    encode([golden.header, ...golden.rows], schema, secret);
    const rows = join(folder, 'rows.csv');
    const told: number[] = [];
    await encodeClkhash({
      rows, out: join(folder, 'again.json'), schema: parseClkhashSchema(schema), secret: Buffer.from(secret),
      onProgress: (bytes) => told.push(bytes),
    });
    expect(told.at(-1)).toBe(statSync(rows).size);
    expect(readFileSync(join(folder, 'again.json'))).toEqual(readFileSync(join(folder, 'clks.json')));
  });
});
