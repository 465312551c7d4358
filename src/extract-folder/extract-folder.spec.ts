import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { VinculumError, type ExtractManifest } from '#libs/record';
import { readEncodedExtract, readManifest } from './extract-reader.js';
import { ExtractWriter, type ExtractHeading } from './extract-writer.js';
import { isIsoDate } from './part-rows.js';
import { parseExtractManifest } from './parse-manifest.js';
import { RecordIdTable } from './record-id-table.js';
import { verifyExtractFolder } from './verify-extract-folder.js';

const HEADING: ExtractHeading = {
  registerId: 'permits', cardinality: 'many', referenceDate: '2026-01-01', specHash: 'ab'.repeat(32),
  keyFingerprint: '01'.repeat(8), segments: [{ name: 'name', bits: 128 }, { name: 'birth', bits: 64 }],
};
const idOf = (n: number): Buffer => createHash('sha256').update(String(n)).digest().subarray(0, 16);
const filtersOf = (n: number): Buffer => createHash('sha256').update(`f${n}`).digest().subarray(0, 24);

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'vinculum-extract-'));
  folder = join(parent, 'extract');
});
afterEach(() => { rmSync(parent, { recursive: true, force: true }); });

function writeExtract(records: number, ids: (n: number) => Buffer = idOf): ExtractManifest {
  const writer = new ExtractWriter(folder, HEADING, { content: true, events: true });
  for (let n = 0; n < records; n++) {
    const recordId = ids(n).toString('hex');
    writer.writeRecord(ids(n), filtersOf(n), {
      recordId, sex: 'F', birthMonth: '1970-05', citizenship: 'STLS', countryOfBirth: '',
    });
    writer.writeEvent({ recordId, kind: 'registered', date: '2020-02-29', country: 'FR' });
  }
  return writer.finish();
}

/** Replaces a file and makes the manifest agree in bytes and hash, so that only its content is wrong. */
function replace(part: 'encodings' | 'content' | 'events', change: (text: string) => string): void {
  const file = { encodings: 'encodings.bin', content: 'content.csv', events: 'events.csv' }[part];
  const bytes = Buffer.from(change(readFileSync(join(folder, file), 'latin1')), 'latin1');
  writeFileSync(join(folder, file), bytes);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  Object.assign(manifest.parts[part], {
    bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

describe('ExtractWriter and the readers', () => {
  it('gives back what was written, over more than one buffer', async () => {
    const written = writeExtract(40_000);
    const { manifest, extract, recordIds } = await readEncodedExtract(folder);
    expect(manifest).toEqual(written);
    expect(extract).toMatchObject({ registerId: 'permits', cardinality: 'many', records: 40_000 });
    for (const n of [0, 1, 26_214, 26_215, 39_999]) {
      expect(Buffer.from(recordIds.subarray(16 * n, 16 * n + 16))).toEqual(idOf(n));
      const [name, birth] = extract.segments.map(({ filters, bits }) =>
        filters.subarray((n * bits) / 8, ((n + 1) * bits) / 8));
      expect(Buffer.concat([name, birth])).toEqual(filtersOf(n));
    }
    expect(await verifyExtractFolder(folder)).toMatchObject({ good: true, findings: [], findingsInAll: 0 });
  });

  it('is not there before it is finished, and leaves nothing when it is discarded', () => {
    const writer = new ExtractWriter(folder, HEADING, { content: false, events: false });
    writer.writeRecord(idOf(1), filtersOf(1));
    expect(existsSync(folder)).toBe(false);
    writer.discard();
    expect(existsSync(`${folder}.partial`)).toBe(false);
  });

  it('refuses a record of the wrong size or without its content', () => {
    const writer = new ExtractWriter(folder, HEADING, { content: true, events: false });
    expect(() => writer.writeRecord(idOf(1), filtersOf(1).subarray(1))).toThrow(RangeError);
    expect(() => writer.writeRecord(idOf(1), filtersOf(1))).toThrow(TypeError);
    writer.discard();
  });

  it('says that there is no extract, or none that is whole', async () => {
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'EXTRACT_NOT_FOUND' });
    writeExtract(3);
    const file = join(folder, 'encodings.bin');
    const bytes = readFileSync(file);
    const flipped = Buffer.from(bytes);
    flipped[0] ^= 1;
    for (const damaged of [bytes.subarray(1), Buffer.concat([bytes, bytes]), flipped]) {
      writeFileSync(file, damaged);
      await expect(readEncodedExtract(folder)).rejects.toMatchObject({ code: 'EXTRACT_PART_DIFFERS' });
    }
    rmSync(file);
    await expect(readEncodedExtract(folder)).rejects.toThrow(/expected the file, found none/);
    writeFileSync(join(folder, 'manifest.json'), '{');
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'EXTRACT_MANIFEST_INVALID' });
  });
});

it('takes no memory for records that a manifest only claims', async () => {
  const manifest = writeExtract(3);
  const [records, { encodings }] = [1e12, manifest.parts];
  const claimed = { ...encodings, rows: records, bytes: records * (16 + 24) };
  const parts = { ...manifest.parts, encodings: claimed, content: { ...encodings, rows: records } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, records, parts }));
  await expect(readEncodedExtract(folder)).rejects.toMatchObject({ code: 'EXTRACT_PART_DIFFERS' });
});

describe('verifyExtractFolder', () => {
  it.each([
    ['a row with an unknown code', 'content', (text: string) => text.replace(',F,', ',X,'), 'sex', 1],
    ['a full date of birth', 'content', (text: string) => text.replace('1970-05', '1970-05-31'), 'birth_month', 1],
    ['content in another order', 'content', (text: string) => text.replace(/(.+\n)(.+\n)(.+\n)/, '$1$3$2'), 'record_id', 1],
    ['an event of nobody', 'events', (text: string) => text.replace(/(\n.*\n)../, '$1ff'), 'record_id', 2],
    ['a day that is not', 'events', (text: string) => text.replace('2020-02-29', '2021-02-29'), 'date', 1],
    ['an unknown kind', 'events', (text: string) => text.replace('registered', 'moved'), 'kind', 1],
  ] as const)('finds %s', async (_name, part, change, field, row) => {
    writeExtract(3);
    replace(part, change);
    const { good, findings } = await verifyExtractFolder(folder);
    expect(good).toBe(false);
    expect(findings[0]).toMatchObject({ part, code: 'ROW_REFUSED', field, row });
  });

  it('finds repeated record ids, missing rows and another header', async () => {
    writeExtract(3, (n) => idOf(Math.min(n, 1)));
    expect((await verifyExtractFolder(folder)).findings[0]).toMatchObject({ code: 'RECORD_ID_REPEATED', row: 3 });
    replace('events', (text) => text.replace(/\n[^\n]*\n$/, '\n').replace('kind', 'type'));
    const codes = (await verifyExtractFolder(folder)).findings.map(({ part, code }) => `${part} ${code}`);
    expect(codes).toEqual(expect.arrayContaining(['events HEADER_DIFFERS', 'events ROWS_DIFFER']));
  });
});

describe('parseExtractManifest', () => {
  it.each([
    ['format', 'x'], ['version', 2], ['registerId', 'A'], ['cardinality', 'few'], ['referenceDate', '2026-02-30'],
    ['specHash', 'AB'], ['keyFingerprint', ''], ['segments', []], ['segments', [{ name: 'a', bits: 12 }]],
    ['records', -1], ['records', 4], ['parts', {}], ['surplus', 1],
  ])('refuses %s = %j', (member, value) => {
    const manifest = writeExtract(3);
    expect(parseExtractManifest(manifest)).toEqual(manifest);
    expect(() => parseExtractManifest({ ...manifest, [member]: value })).toThrow(member);
  });

  it('takes columns of block keys after the filters, as rows of one file', () => {
    const manifest = writeExtract(3);
    const { encodings } = manifest.parts;
    const keys = { name: 'rule', bits: 64, block: true };
    const withKeys = {
      ...manifest, segments: [...manifest.segments, keys],
      parts: { ...manifest.parts, encodings: { ...encodings, bytes: encodings.bytes + 3 * 8 } },
    };
    expect(parseExtractManifest(withKeys)).toEqual(withKeys);
    for (const segments of [
      [keys, ...manifest.segments], [keys], [...manifest.segments, { ...keys, bits: 128 }],
      [...manifest.segments, { ...keys, block: false }], [...manifest.segments, keys, keys],
    ]) {
      expect(() => parseExtractManifest({ ...withKeys, segments })).toThrow(/segments: .* block keys last/);
    }
  });

  const CLKS = { layout: 'binary', bits: 1020, bitOrder: 'msb' };
  const PART = { rows: 3, bytes: 384, sha256: 'ab'.repeat(32) };
  const delivered = {
    clks: CLKS, segments: [{ name: 'clk', bits: 1024 }], parts: { encodings: PART, content: { ...PART, bytes: 99 } },
  };

  it.each<[string, object]>([
    ['clks', { clks: { ...CLKS, layout: 'packed' } }], ['clks', { clks: { ...CLKS, bits: 0 } }],
    ['clks', { clks: { ...CLKS, bitOrder: 'big' } }], ['clks', { clks: { ...CLKS, name: 'x' } }], ['clks', { clks: null }],
    ['segments', { segments: [{ name: 'clk', bits: 1032 }] }], ['segments', { segments: [{ name: 'person', bits: 1024 }] }],
    ['segments', { segments: [...delivered.segments, { name: 'b', bits: 8 }] }],
    ['parts.content', { parts: { encodings: PART } }],
    ['parts.encodings.bytes', { parts: { ...delivered.parts, encodings: { ...PART, bytes: 432 } } }],
  ])('of filters of another program refuses bad %s', (reason, change) => {
    const manifest = { ...writeExtract(3), ...delivered };
    expect(parseExtractManifest(manifest)).toEqual(manifest);
    const json = { ...manifest, clks: { ...CLKS, layout: 'json' }, parts: { ...delivered.parts, encodings: { ...PART, bytes: 7 } } };
    expect(parseExtractManifest(json)).toEqual(json);
    expect(() => parseExtractManifest({ ...manifest, ...change })).toThrow(reason);
  });

  it('a folder of them is no extract that can be read here, and says what to do', async () => {
    const manifest = { ...writeExtract(3), ...delivered };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'EXTRACT_NOT_PACKED' });
    expect((await verifyExtractFolder(folder)).findings).toMatchObject([{ part: 'manifest', code: 'EXTRACT_NOT_PACKED' }]);
  });

  it('answers any JSON with a manifest or a refusal', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => {
      expect(() => parseExtractManifest(json)).toThrow(VinculumError);
    }));
  });
});

describe('RecordIdTable', () => {
  it('finds the row of each id as a map does', () => {
    fc.assert(fc.property(fc.array(fc.nat(3000), { maxLength: 3000 }), (numbers) => {
      const table = new RecordIdTable();
      const rows = new Map<number, number>();
      numbers.forEach((n, i) => {
        expect(table.add(idOf(n), i + 1)).toBe(rows.get(n) ?? 0);
        if (!rows.has(n)) rows.set(n, i + 1);
      });
      expect(table.size).toBe(rows.size);
      for (const n of [0, 1, ...numbers.slice(0, 20)]) expect(table.rowOf(idOf(n))).toBe(rows.get(n) ?? 0);
    }), { numRuns: 20 });
  });
});

describe('isIsoDate', () => {
  it('takes days of the calendar and nothing else', () => {
    expect(['2020-02-29', '1900-01-01', '0999-12-31'].every(isIsoDate)).toBe(true);
    expect(['2021-02-29', '2020-2-9', '2020-13-01', '20200101', '', '2020-01-01T00:00'].some(isIsoDate)).toBe(false);
  });
});
