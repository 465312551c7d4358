import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { createReferenceEncoder, defaultSpecForRoles, opaqueRecordId } from '#libs/encode';
import { readEncodedExtract } from '../extract-folder/index.js';
import type { VinculumError } from '#libs/record';
import { parseColumnMapping } from './column-mapping.js';
import { parseContentMap } from './content-map.js';
import { encodeExtract } from './encode-extract.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const PEOPLE = 'id;nombre;apellido;nacimiento;sexo;pais\n'
  + '1;José;Núñez;1970-05-31;hombre;ES\n'
  + '2;"Ana; María";López;;mujer;\n'
  + '3;Юлия;Щербакова;02/1988;mujer;RU\n';
const COLUMNS = 'givenName=nombre,familyName=apellido,birthDate=nacimiento,sex=sexo';
const CONTENT = JSON.stringify({
  sex: { column: 'sexo', codes: { hombre: 'M', mujer: 'F' } }, birthMonth: { column: 'nacimiento' },
  countryOfBirth: { column: 'pais' },
});

const SECRET = Buffer.from(Array.from({ length: 32 }, (_, i) => i));

let folder: string;
const path = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path(name), content);
  return path(name);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-encode-'));
  write('people.csv', PEOPLE);
  write('content.json', CONTENT);
  write('events.csv', 'id,kind,date,country\n1,registered,2020-01-02,FR\n3,departed,2021-12-31,\n');
  writeFileSync(path('project.key'), SECRET.toString('hex'), { mode: 0o600 });
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function vinculum(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

function encode(...args: string[]): ReturnType<typeof vinculum> {
  return vinculum('encode', '--in', path('people.csv'), '--out', path('extract'), '--secret-file', path('project.key'),
    '--register', 'padron', '--cardinality', 'unique', '--reference-date', '2026-01-01', '--id', 'id',
    '--columns', COLUMNS, ...args);
}

/** The same in this process, with rows in the message: starting node for each case would take long. */
async function encodeHere(out = 'extract'): Promise<void> {
  const job = {
    people: path('people.csv'), events: path('events.csv'), out: resolve(folder, out), secret: Buffer.from(SECRET),
    registerId: 'padron', cardinality: 'unique', referenceDate: '2026-01-01', idColumn: 'id',
    columns: parseColumnMapping(COLUMNS), spec: defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']),
  } as const;
  try {
    await encodeExtract({ ...job, content: parseContentMap(JSON.parse(readFileSync(path('content.json'), 'utf8'))) });
  } catch (error) {
    const { message, rows } = error as VinculumError;
    throw new Error([message, ...rows.map(({ row, field, reason }) => `row ${row}, ${field}: ${reason}`)].join('\n'));
  }
}

describe('vinculum encode', () => {
  it('writes an extract that inspect finds good', async () => {
    const done = encode('--content', path('content.json'), '--events', path('events.csv'), '--json');
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.out)).toMatchObject({ registerId: 'padron', records: 3, events: 2 });

    const { manifest, extract, recordIds } = await readEncodedExtract(path('extract'));
    const secret = SECRET;
    const encoder = createReferenceEncoder(defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']), secret);
    const expected = new Uint8Array(encoder.recordBytes);
    encoder.encode(['Ana; María', 'López', '', 'mujer'], expected, 0);
    const filtersOfSecond = extract.segments.map(({ filters, bits }) => filters.subarray(bits / 8, bits / 4));
    expect(Buffer.concat(filtersOfSecond)).toEqual(Buffer.from(expected));
    expect(recordIds.subarray(32)).toEqual(opaqueRecordId(secret, 'padron', '3'));
    expect(manifest).toMatchObject({
      cardinality: 'unique', referenceDate: '2026-01-01', records: 3,
      variables: Object.keys(JSON.parse(CONTENT) as object).map((name) => ({
        name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), source: 'third-party' })),
    });

    const ids = ['1', '2', '3'].map((id) => Buffer.from(opaqueRecordId(secret, 'padron', id)).toString('hex'));
    expect(readFileSync(path('extract/content.csv'), 'utf8')).toBe(
      'record_id,sex,birth_month,citizenship,country_of_birth\n'
      + `${ids[0]},M,1970-05,,ES\n${ids[1]},F,,,\n${ids[2]},F,1988-02,,RU\n`);
    expect(readFileSync(path('extract/events.csv'), 'utf8')).toBe(
      `record_id,kind,date,country\n${ids[0]},registered,2020-01-02,FR\n${ids[2]},departed,2021-12-31,\n`);

    const inspected = vinculum('inspect', path('extract'), '--json');
    expect(inspected.code).toBe(0);
    expect(JSON.parse(inspected.out)).toMatchObject({ good: true, segments: [{ name: 'person', records: 3 }, { name: 'name' }, { name: 'birth' }] });
  });

  it('reads Latin-1, a byte order mark and tabs to the same filters', () => {
    const table = PEOPLE.replace(/.*Юлия.*\n/, '').replace('Ana; María', 'Ana María').replaceAll(';', '\t');
    const encodings: Buffer[] = [];
    for (const [name, bytes, args] of [
      ['utf8', Buffer.from(`\uFEFF${table}`), []], ['latin1', Buffer.from(table, 'latin1'), ['--encoding', 'latin1']],
    ] as const) {
      write('people.csv', bytes);
      expect(encode('--out', path(name), ...args).code).toBe(0);
      encodings.push(readFileSync(path(`${name}/encodings.bin`)));
    }
    expect(encodings[0]).toEqual(encodings[1]);
  });

  it('refuses bad rows together, with row and reason, and writes nothing', () => {
    write('people.csv', `${PEOPLE}1;x;y;1970-02-30;Mann;Spain\n5;a;b;;;;\n;a;b;;;\n6;\u00e9;b;saJi;;\n`);
    const refused = encode('--content', path('content.json'), '--json');
    expect(refused.code).toBe(2);
    const { error } = JSON.parse(refused.out) as { error: VinculumError };
    expect(error.code).toBe('ROWS_REFUSED');
    expect(error.rows.map(({ row, field }) => `${row} ${String(field)}`)).toEqual(
      ['4 birthDate', '5 ', '6 id', '7 birthDate']);
    for (const content of ['Spain', 'saJi', '1970-02-30', 'Mann']) expect(refused.err + refused.out).not.toContain(content);
    expect(readdirSync(folder).sort()).toEqual(['content.json', 'events.csv', 'people.csv', 'project.key']);
  });

  it.each([
    ['a repeated record id', () => write('people.csv', `${PEOPLE}2;x;y;;;\n`), /row 4, id: expected each record once; row 2/],
    ['a code that the map does not have', () => write('people.csv', `${PEOPLE}4;x;y;;Mann;\n`), /row 4, sex: expected one of/],
    ['Latin-1 read as UTF-8', () => write('people.csv', Buffer.from(PEOPLE.replace(/3;.*\n/, ''), 'latin1')), /not utf8/],
    ['an open quote', () => write('people.csv', `${PEOPLE}4;"x`), /not readable as CSV near line/],
    ['an empty file', () => write('people.csv', ''), /expected a header line/],
    ['an event of nobody', () => write('events.csv', 'id,kind,date,country\n9,registered,2020-01-01,\n'), /row 1, id:/],
    ['an event of an unknown kind', () => write('events.csv', 'id,kind,date,country\n1,x,2020-01-01,\n'), /row 1, kind:/],
    ['a day that is not', () => write('events.csv', 'id,kind,date,country\n1,died,2021-02-29,\n'), /row 1, date:/],
    ['an unknown column', () => write('people.csv', PEOPLE.replace('nombre', 'x')), /expected the column "nombre" once/],
    ['a content map of unknown variables', () => write('content.json', '{"shoe":1}'), /unknown variable "shoe"/],
    ['something at --out', () => write('extract', ''), /expected no file or folder/],
  ])('refuses %s and leaves nothing', async (_name, damage, reason) => {
    damage();
    const before = readdirSync(folder).sort();
    await expect(encodeHere()).rejects.toThrow(reason);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('gives the same extract with any number of threads, and lists refusals in the order of rows', () => {
    const people = Array.from({ length: 40_000 }, (_, i) => `${i};Ana ${i % 500};"López; ${i % 300}";19${10 + (i % 89)}-05-31;mujer;ES\n`);
    write('people.csv', PEOPLE.split('\n')[0] + '\n' + people.join(''));
    const encodings = ['0', '1', '3'].map((threads) => {
      expect(encode('--content', path('content.json'), '--out', path(threads), '--threads', threads)).toMatchObject({ code: 0 });
      expect(readdirSync(path(threads)).sort()).toEqual(['content.csv', 'encodings.bin', 'manifest.json']);
      return ['encodings.bin', 'content.csv', 'manifest.json'].map((file) =>
        createHash('sha256').update(readFileSync(path(`${threads}/${file}`))).digest('hex'));
    });
    expect(encodings[1]).toEqual(encodings[0]);
    expect(encodings[2]).toEqual(encodings[0]);
    for (const row of [39_000, 20_000, 100]) people[row - 1] = '7;a;b;1970-02-30;hombre;\n';
    people[30_000] = people[5];
    people[25] = people[24];
    write('people.csv', PEOPLE.split('\n')[0] + '\n' + people.join(''));
    const refused = encode('--threads', '2', '--json', '--out', path('refused'));
    const { error } = JSON.parse(refused.out) as { error: VinculumError };
    expect(error.rows.map(({ row, field }) => `${row} ${field}`)).toEqual(
      ['26 id', '100 birthDate', '20000 birthDate', '30001 id', '39000 birthDate']);
    expect(readdirSync(folder).filter((name) => name.startsWith('refused'))).toEqual([]);
  });

  it('leaves nothing when it is interrupted midway', async () => {
    const people = Array.from({ length: 300_000 }, (_, i) => `${i};Ana ${i};López ${i};1970-05-31;mujer;ES\n`);
    write('people.csv', PEOPLE.split('\n')[0] + '\n' + people.join(''));
    const before = readdirSync(folder).sort();
    const child = spawn(process.execPath, [CLI, 'encode', '--in', path('people.csv'), '--out', path('extract'),
      '--secret-file', path('project.key'), '--register', 'padron', '--cardinality', 'unique', '--id', 'id',
      '--reference-date', '2026-01-01', '--columns', COLUMNS], { stdio: 'ignore' });
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    while (!existsSync(path('extract.partial/encodings.bin')) || statSync(path('extract.partial/encodings.bin')).size === 0) {
      expect(child.exitCode).toBeNull();
      await new Promise((done) => setTimeout(done, 5));
    }
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('tolerates wrong dates when asked to', () => {
    write('people.csv', `${PEOPLE}4;x;y;22-12-2972;hombre;\n`);
    expect(encode().code).toBe(2);
    expect(encode('--tolerate-dates').code).toBe(0);
  });

  it('takes a spec, whose roles the register may lack, but no column that the spec does not know', () => {
    const spec = write('spec.json', JSON.stringify(
      defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex', 'phone'])));
    const done = encode('--spec', spec);
    expect(done.err).toContain('missing in every record: phone');
    expect(done.code).toBe(0);
    write('spec.json', JSON.stringify(defaultSpecForRoles(['givenName', 'familyName'])));
    expect(encode('--spec', spec, '--out', path('other'))).toMatchObject({ code: 2 });
  });

  it('ends with 2 on every kind of bad usage, and with 0 on help', () => {
    expect(vinculum('encode').code).toBe(2);
    expect(vinculum('nothing').code).toBe(2);
    write('project.key', 'hunter2');
    expect(encode().err).toMatch(/SECRET_TOO_SHORT: expected a secret of at least 32 bytes, got 7/);
    for (const weak of ['00'.repeat(32), 'password'.repeat(4)]) {
      write('project.key', weak);
      const out = path(`weak-${weak.length}`);
      expect(encode('--out', out)).toMatchObject({ code: 0, err: expect.stringContaining('WARNING: the secret has') });
    }
    expect(vinculum('inspect', path('nowhere')).code).toBe(2);
    write('project.key', SECRET.toString('hex'));
    for (const [option, value, reason] of [
      ['--cardinality', 'few', 'choices'], ['--register', 'Not Good', '--register: expected'],
      ['--reference-date', '2026-02-30', '--reference-date: expected'], ['--columns', 'shoe=x', '"shoe" is no role'],
    ]) expect(encode(option, value)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(reason) });
    expect(vinculum('encode', '--help').code).toBe(0);
  });
});

describe('vinculum inspect', () => {
  it('ends with 1 and says where an extract is not what its manifest says', () => {
    encode('--content', path('content.json'));
    const file = path('extract/encodings.bin');
    const bytes = readFileSync(file);
    bytes[20] ^= 1;
    writeFileSync(file, bytes);
    const inspected = vinculum('inspect', path('extract'));
    expect(inspected.code).toBe(1);
    expect(inspected.out).toMatch(/encodings: encodings.bin: its SHA-256/);
  });
});

describe('encodeExtract', () => {
  it('refuses a folder that cannot be made, with the reason of the system', async () => {
    await expect(encodeHere('people.csv/extract')).rejects.toThrow(/expected to write .*ENOTDIR/);
    // Where /proc is, making a folder in it is denied as if its parent were not there.
    await expect(encodeHere('/proc/extract')).rejects.toThrow(/expected to write/);
    expect(readdirSync(folder).sort()).toEqual(['content.json', 'events.csv', 'people.csv', 'project.key']);
  });

  it('does not repeat a first line that is no header', async () => {
    write('people.csv', PEOPLE.slice(PEOPLE.indexOf('\n') + 1));
    await expect(encodeHere()).rejects.toThrow(/"nombre" once .* nowhere in 6 columns; the first/);
    write('people.csv', Buffer.from(PEOPLE, 'utf16le'));
    await expect(encodeHere()).rejects.toThrow(/not of the encoding; save the file as UTF-8/);
  });

  it('turns any bytes into a refusal or a whole extract, never a crash or a part of one', async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
      fc.array(fc.constantFrom('id', 'n', ',', ';', '"', '\n', '\r\n', '1', '1970-05-31', 'x'))
        .map((pieces) => Buffer.from(`id,n\n${pieces.join('')}`)));
    const columns = parseColumnMapping('givenName=n,birthDate=n');
    const spec = defaultSpecForRoles(['givenName', 'birthDate']);
    await fc.assert(fc.asyncProperty(bytes, async (content) => {
      const people = write('fuzz.csv', content);
      rmSync(path('fuzzed'), { recursive: true, force: true });
      const outcome = await encodeExtract({
        people, out: path('fuzzed'), secret: new Uint8Array(32), registerId: 'r', cardinality: 'many',
        referenceDate: '2026-01-01', spec, columns, idColumn: 'id',
      }).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) expect(outcome.name).toBe('VinculumError');
      else expect((await readEncodedExtract(path('fuzzed'))).manifest).toEqual(outcome);
      expect(existsSync(path('fuzzed'))).toBe(!(outcome instanceof Error));
      expect(existsSync(path('fuzzed.partial'))).toBe(false);
    }), { numRuns: 60 });
  });
});
