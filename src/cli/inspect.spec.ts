import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createEncoder, defaultSpecForRoles, encodingSpecHash, parseEncodingSpec, segmentShapes, transliterate,
  type EncodingSpec,
} from '#libs/encode';
import { synthesize } from '#libs/synthetic';
import { ExtractWriter } from '../extract-folder/index.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const NAMES: string[][] = [];
for (const { records: [record] } of synthesize({ people: 1500, seed: 5 })) {
  if (record?.registerId === 'population-register' && NAMES.length < 600) {
    NAMES.push([record.givenNames, record.familyName, record.birthDate]);
  }
}

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-inspect-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function inspect(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'inspect', ...args],
    { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** An extract of the names under a spec, with the spec beside it. */
function writeExtract(spec: EncodingSpec): void {
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  const encoder = createEncoder(spec, new Uint8Array(32).fill(7));
  const writer = new ExtractWriter(join(folder, 'extract'), {
    registerId: 'r', cardinality: 'unique', referenceDate: '2026-01-01', specHash: encodingSpecHash(spec),
    keyFingerprint: '00'.repeat(8), segments: segmentShapes(spec),
  }, { content: false, events: false });
  const filters = new Uint8Array(encoder.recordBytes);
  NAMES.forEach((values, row) => {
    const id = new Uint8Array(16);
    new DataView(id.buffer).setUint32(0, row + 1);
    encoder.encode(values.slice(0, encoder.roles.length), filters, 0);
    writer.writeRecord(id, filters);
  });
  writer.finish();
}

const plain = (roles: readonly string[], hardening: object[] = []): EncodingSpec => parseEncodingSpec({
  kind: 'vinculum-encoding-spec', version: 1, name: 'x', profile: 'field-level', acceptSingleField: true,
  segments: [{ name: 'names', bits: 512, fill: 0.45, fields: roles.map((role) => ({ role })), hardening }],
});

describe('the risk section of vinculum inspect', () => {
  it('accepts the default profile, with or without its spec', () => {
    writeExtract(defaultSpecForRoles(['givenName', 'familyName', 'birthDate']));
    const inspected = inspect(join(folder, 'extract'), '--spec', join(folder, 'spec.json'), '--json');
    expect(inspected).toMatchObject({ code: 0, err: '' });
    const { risk } = JSON.parse(inspected.out);
    expect(risk).toMatchObject({ verdict: 'good', records: { verdict: 'good', statistics: { records: 600 } } });
    expect(risk.segments.map((s: Record<string, string>) => [s.name, s.declared, s.verdict]))
      .toEqual(['person', 'name', 'birth'].map((name) => [name, 'hardened', 'good']));
    expect(inspect(join(folder, 'extract'))).toMatchObject({ code: 0, out: expect.stringContaining('risk: good') });
  });

  it('ends with 1 and says why when the filters give too much away', () => {
    writeExtract(plain(['givenName']));
    const inspected = inspect(join(folder, 'extract'), '--spec', join(folder, 'spec.json'));
    expect(inspected.code).toBe(1);
    expect(inspected.out).toMatch(/refuse: duplicateShare is 0\.\d+, limit 0\.05: .*too few fields/);
    expect(inspected.out).toContain('judged as plain');
    expect(inspected.out).toContain('good: the files are what the manifest says');
  });

  it('judges plain filters as hardened ones unless the spec says that they are plain', () => {
    writeExtract(plain(['givenName', 'familyName', 'birthDate']));
    const undeclared = inspect(join(folder, 'extract'));
    expect(undeclared.code).toBe(1);
    expect(undeclared.out).toContain('not hardened as declared');
    expect(inspect(join(folder, 'extract'), '--spec', join(folder, 'spec.json')).code).toBe(0);
  });

  describe('of block keys', () => {
    const withBlocks = (...parts: object[]): EncodingSpec => parseEncodingSpec({
      ...defaultSpecForRoles(['givenName', 'familyName', 'birthDate']), profile: 'blocks', blocks: [{ name: 'rule', parts }],
    });

    it('says how many blocks there are and how large the largest is', () => {
      writeExtract(withBlocks({ role: 'givenName', take: 'letters', letters: 1 }, { role: 'birthDate', take: 'date' }));
      const inspected = inspect(join(folder, 'extract'), '--json');
      const { segments, risk } = JSON.parse(inspected.out);
      expect(inspected.code).toBe(0);
      const dates = new Set(NAMES.map(([given, , date]) => `${transliterate(given)[0]}${date}`));
      expect(segments[3]).toMatchObject({ name: 'rule', bits: 64, block: true, records: 600 });
      expect(segments[3].missing).toBe(NAMES.filter((values) => [values[0], values[2]].includes('')).length);
      // The longest of several given names is not always the first.
      expect(Math.abs(segments[3].distinct - dates.size)).toBeLessThan(10);
      expect(risk.segments[3]).toMatchObject({ name: 'rule', declared: 'block-keys', verdict: 'good' });
      expect(inspect(join(folder, 'extract')).out).toMatch(/block keys +missing +blocks.*\nrule +0\.\d% +\d+ +[1-5] /);
    });

    it('refuses blocks from whose sizes values can be read', () => {
      writeExtract(withBlocks({ role: 'givenName', take: 'letters', letters: 1 }, { role: 'familyName', take: 'letters', letters: 1 }));
      const inspected = inspect(join(folder, 'extract'));
      expect(inspected.code).toBe(1);
      expect(inspected.out).toMatch(/risk of rule, judged as block-keys: refuse/);
      expect(inspected.out).toMatch(/alignableShare is 0\.\d+, limit 0\.05: many values can be read off/);
    });
  });

  it('takes no other spec than that of the extract', () => {
    writeExtract(plain(['givenName', 'familyName']));
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify(plain(['givenName', 'familyName'], [{ type: 'rule-90' }])));
    const refused = inspect(join(folder, 'extract'), '--spec', other);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('SPEC_DIFFERS') });
    expect(inspect(join(folder, 'extract'), '--spec', join(folder, 'absent')).code).toBe(2);
  });
});
