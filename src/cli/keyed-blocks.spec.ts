import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createReferenceEncoder, defaultSpecForRoles, parseEncodingSpec } from '#libs/encode';
import { readEncodedExtract } from '../extract-folder/index.js';
import { testBlocking } from '../../test/support/linkage-spec.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const ROLES = ['givenName', 'familyName', 'birthDate'] as const;
const PEOPLE = 700;
const SECRET = Buffer.alloc(32, 9);

const SPEC = parseEncodingSpec({
  ...defaultSpecForRoles(ROLES), profile: 'blocks', name: 'default with blocks',
  blocks: [
    { name: 'initialDate', parts: [{ role: 'givenName', take: 'letters', letters: 1 }, { role: 'birthDate', take: 'date' }] },
    { name: 'surnameYear', parts: [{ role: 'familyName', take: 'soundex' }, { role: 'birthDate', take: 'year' }] },
  ],
});

let folder: string;
const path = (name: string): string => join(folder, name);

function vinculum(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const word = (number: number): string => [1, 7, 49, 343].map((unit) => 'aeiounrlst'[(number * 37 + Math.floor(number / unit)) % 10]).join('b');

/** In the second register given names have a letter more at the end, and people are born a day later. */
function rowsOf(slip: string): string[] {
  return Array.from({ length: PEOPLE }, (_, i) => [
    String(i), word(i) + slip, word(i * i + 3), `19${10 + (i * 7) % 90}-${String(1 + i % 12).padStart(2, '0')}-${10 + i % 18 + slip.length}`,
  ].join(','));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-blocks-'));
  writeFileSync(path('project.key'), SECRET.toString('hex'), { mode: 0o600 });
  writeFileSync(path('spec.json'), JSON.stringify(SPEC));
  writeFileSync(path('linkage.json'), JSON.stringify({
    ...testBlocking({ exhaustivePairs: 0, pairCompleteness: 0.999 }),
    comparison: { sampledPairs: 20000, steps: 8 },
  }));
  for (const [name, slip] of [['a', ''], ['b', 'm']]) {
    writeFileSync(path(`${name}.csv`), `id,given,family,born\n${rowsOf(slip).join('\n')}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function encode(name: string): ReturnType<typeof vinculum> {
  return vinculum('encode', '--in', path(`${name}.csv`), '--out', path(name), '--secret-file', path('project.key'),
    '--register', `register-${name}`, '--cardinality', 'unique', '--reference-date', '2026-01-01', '--id', 'id',
    '--columns', 'givenName=given,familyName=family,birthDate=born', '--spec', path('spec.json'));
}

describe('block keys from the command line', () => {
  it('are written where the spec has rules for them, with a warning', async () => {
    const [a, b] = ['a', 'b'].map(encode);
    expect([a.code, b.code]).toEqual([0, 0]);
    expect(a.err).toContain('warning: each record has block keys (initialDate, surnameYear)');
    const { manifest, extract } = await readEncodedExtract(path('a'));
    expect(manifest.segments.slice(-2)).toEqual([
      { name: 'initialDate', bits: 64, block: true }, { name: 'surnameYear', bits: 64, block: true }]);
    expect(manifest.canaries?.map(({ segment }) => segment))
      .toEqual(manifest.segments.map(({ name }) => name));
    expect(extract.segments.map(({ block }) => block ?? false)).toEqual([false, false, false, true, true]);
    const encoder = createReferenceEncoder(SPEC, SECRET);
    const record = new Uint8Array(encoder.recordBytes);
    const [, given, family, born] = rowsOf('')[41].split(',');
    encoder.encode([given, family, born], record, 0);
    const keys = extract.segments.slice(-2).map(({ filters }) => filters.slice(41 * 8, 42 * 8));
    expect(Buffer.concat(keys)).toEqual(Buffer.from(record.slice(-16)));
  });

  it('are used where they find what equal filters miss, and named in plan and report', () => {
    const planned = vinculum('link', path('a'), path('b'), '--plan', '--spec', path('linkage.json'));
    expect(planned.err).toMatch(/register-a x register-b: 490000 pairs, \d+ tables \(keyed block: \w+/);
    const linked = vinculum('link', path('a'), path('b'), '--spec', path('linkage.json'), '--out', path('links.csv'),
      '--report', path('report.json'));
    expect(linked.code).toBe(0);
    const { manifest, models, inputs } = JSON.parse(readFileSync(path('report.json'), 'utf8'));
    expect(manifest.keyedBlocks).toEqual([{ registers: 'register-a x register-b', rules: models[0].keyedBlocks }]);
    expect(models[0].keyedBlocks.length).toBeGreaterThan(0);
    expect(inputs[0].segments.at(-1)).toEqual({ name: 'surnameYear', bits: 64, block: true });
    const entities = readFileSync(path('links.csv'), 'utf8').trim().split('\n').slice(1)
      .map((line) => line.split(',')[0]);
    const together = entities.slice(0, PEOPLE).filter((entity, row) => entity === entities[PEOPLE + row]);
    expect(together.length).toBeGreaterThan(0.98 * PEOPLE);
  });
});
