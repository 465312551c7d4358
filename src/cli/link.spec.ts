import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PairExplanation } from '#libs/linkage';
import { chance } from '../../test/support/encoded-extracts.js';
import type { FilesPlan } from './link-files.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const COLUMNS = 'givenName=first,familyName=last,birthDate=born';
const PEOPLE = 300;
const SYLLABLES = 'ma ri lo ne sa tu ve ka do pi ber gan shi zur fel wan'.split(' ');

interface Person { readonly id: number; readonly first: string; readonly last: string; readonly born: string }

const random = chance(7);
const word = (syllables: number): string => Array.from({ length: syllables }, () =>
  SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('');
const number = (from: number, to: number): string =>
  String(from + Math.floor(random() * (to - from))).padStart(2, '0');
const people: Person[] = Array.from({ length: PEOPLE }, (_, id) => ({
  id, first: word(3), last: word(4), born: `${number(1930, 2010)}-${number(1, 13)}-${number(1, 13)}`,
}));

/** One record in five with a slip: a letter of the name, or day and month swapped. */
function withSlips(person: Person): Person {
  const chosen = random();
  if (chosen < 0.1) return { ...person, last: `${person.last.slice(0, 3)}x${person.last.slice(4)}` };
  if (chosen < 0.2) return { ...person, born: person.born.replace(/-(\d\d)-(\d\d)/, '-$2-$1') };
  return person;
}

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-link-'));
  writeFileSync(path('a.csv'), ['id,person,first,last,born,sex', ...people.slice(0, 200).map((p) =>
    `rec-${p.id}-org,${p.id},${p.first},${p.last},${p.born},${p.id % 3 === 0 ? 'M' : 'F'}`)].join('\n'));
  writeFileSync(path('b.csv'), ['id,person,first,last,born', ...people.slice(100).map(withSlips).map((p) =>
    `rec-${p.id}-dup,${p.id},${p.first},${p.last},${p.born}`)].join('\n'));
  writeFileSync(path('b-without-birth.csv'), ['id,person,first,last', ...people.slice(100).map((p) =>
    `rec-${p.id}-dup,${p.id},${p.first},${p.last}`)].join('\n'));
  writeFileSync(path('permits.csv'), ['id,person,first,last,born', ...[1, 2].flatMap((copy) =>
    people.slice(50, 150).map(withSlips).map((p) =>
      `permit-${p.id}-${copy},${p.id},${p.first},${p.last},${p.born}`))].join('\n'));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

function vinculum(...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const linkCsv = (inputs: readonly string[], ...args: string[]): Ended =>
  vinculum('link', ...inputs.map(path), '--columns', COLUMNS, ...args);
const lastLine = ({ out }: Ended): Record<string, unknown> =>
  JSON.parse(out.trimEnd().split('\n').at(-1) as string) as Record<string, unknown>;
const rowsOf = (file: string): string[][] =>
  readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => line.split(','));

describe('vinculum link on CSV files', () => {
  it('writes the links and a report, and measures both against the labels', () => {
    const done = linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--truth', 'person', '--json',
      '--out', path('links.csv'), '--report', path('report.json'));
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('measured:  precision') });
    const summary = lastLine(done);
    expect(summary).toMatchObject({
      registers: 2, records: 400, warnings: [], entities: expect.any(Number), threshold: expect.any(Number),
      estimated: { precision: expect.any(Number), recall: expect.any(Number) }, seconds: expect.any(Number),
    });
    const measured = summary['measured'] as Record<string, number>;
    expect(Object.keys(measured)).toEqual(['precision', 'recall', 'f1', 'exactEntityF1']);
    for (const value of Object.values(measured)) expect(value).toBeGreaterThan(0.97);
    expect((summary['estimated'] as { recall: number }).recall).toBeGreaterThan(0.95);

    const [header, ...rows] = rowsOf(path('links.csv'));
    expect(header).toEqual(['entity', 'register', 'record_id', 'probability']);
    expect(rows.map(([, register, id]) => `${register} ${id}`)).toEqual([
      ...people.slice(0, 200).map(({ id }) => `a rec-${id}-org`),
      ...people.slice(100).map(({ id }) => `b rec-${id}-dup`)]);
    expect(new Set(rows.map(([entity]) => entity)).size).toBe(summary['entities']);
    expect(rows.every(([, , , probability]) => /^(0|1)\.\d{6}$/.test(probability))).toBe(true);

    const report = JSON.parse(readFileSync(path('report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ ...summary, threshold: { probability: summary['threshold'] } });
    expect(Object.keys(report)).toEqual(expect.arrayContaining([
      'versions', 'manifest', 'linkageSpec', 'encodingSpecHash', 'columns', 'inputs', 'byRegisterPair', 'refusedLinks',
      'timings', 'comparison', 'models',
    ]));
    expect(report['inputs']).toMatchObject([
      { registerId: 'a', cardinality: 'unique', records: 200 },
      { registerId: 'b', cardinality: 'unique', records: 200 }]);
    // A report is for everybody: it holds no record.
    expect(JSON.stringify(report)).not.toContain(people[0].last);
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('tells its own error with intervals, by subgroup and by controls', () => {
    const controls = (rows: string[]): string => {
      writeFileSync(path('controls.csv'), ['register,id,register,id,match', ...rows].join('\n'));
      return path('controls.csv');
    };
    const done = linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--by', 'sex', '--json', '--controls', controls([
      ...[110, 120, 130].map((id) => `a,rec-${id}-org,b,rec-${id}-dup,yes`),
      'a,rec-10-org,b,rec-250-dup,no', 'a,rec-110-org,b,rec-120-dup,no']));
    expect(done.code).toBe(0);
    const summary = lastLine(done) as {
      estimated: { recallInterval: Record<string, number> };
      bySubgroup: { category: string; groups: { group: string; quality: unknown }[] }[];
    };
    expect(summary.estimated.recallInterval['upper']).toBeGreaterThan(summary.estimated.recallInterval['lower']);
    expect(summary).toMatchObject({ controls: {
      positive: { pairs: 3, linked: 3, share: 1 }, negative: { pairs: 2, linked: 0, share: 0 } } });
    // A third of 100 matches is too small a group, and the other would give it away.
    expect(summary.bySubgroup).toEqual([
      { category: 'sex', groups: [{ group: 'F', quality: null }, { group: 'M', quality: null }] }]);
    const bad = controls(['a,x,b,y,yes', 'a,rec-10-org']);
    const refused = linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--controls', bad);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('row 1: no such record (first)') });
    expect(refused.err).toContain('row 2: expected 5 fields, got 2');
  });

  it('explains a pair by weights that add up, to the terminal and not in the report', () => {
    const done = linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--json', '--report', path('explained.json'),
      '--explain', 'a/rec-110-org,b/rec-110-dup', 'b/rec-120-dup,a/rec-3-org');
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('segments together') });
    const [match, other] = lastLine(done)['explanations'] as PairExplanation[];
    expect(match).toMatchObject({ registers: 'a x b', inOneEntity: true });
    expect(other).toMatchObject({ registers: 'a x b', inOneEntity: false });
    for (const { prior, segments, together, pairwise } of [match, other]) {
      const bits = segments.reduce((sum, { weight }) => sum + weight, prior + together);
      expect(Math.abs(pairwise - 1 / (1 + 2 ** -bits))).toBeLessThan(1e-9);
    }
    expect(match.probability).toBeGreaterThan(match.threshold);
    expect(other.pairwise).toBeLessThan(0.01);
    expect(readFileSync(path('explained.json'), 'utf8')).not.toContain('explanations');
    expect(linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--explain', 'a/rec-1-org,a/rec-2-org')).toMatchObject(
      { code: 2, err: expect.stringContaining('unique per person are never compared') });
    expect(linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--explain', 'a/rec-1-org')).toMatchObject(
      { code: 2, err: expect.stringContaining('expected register/id,register/id') });
  });

  it('says what a run would take, and refuses one that takes too much', () => {
    const done = linkCsv(['a.csv', 'b.csv'], '--plan', '--json');
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('a x b: 40000 pairs, all compared') });
    const planned = lastLine(done) as unknown as FilesPlan;
    expect(planned).toMatchObject({ registers: [{ registers: 'a x b', blocking: 'exhaustive', pairs: 40000 }] });
    const { preparing, nonMatches, deciding, total } = planned.seconds ?? {} as never;
    const parts = [preparing, nonMatches, deciding, planned.registers[0].seconds ?? 0];
    for (const seconds of [...parts, planned.readingSeconds]) expect(seconds).toBeGreaterThan(0);
    expect(total).toBeCloseTo(parts.reduce((sum, seconds) => sum + seconds, 0), 9);
    expect(done.err).toMatch(/a x b: .*comparisons, some \d+(\.\d)? s\n/);
    expect(done.err).toMatch(/\nsome \d+(\.\d)? s if this machine stays as busy/);
    const refused = linkCsv(['a.csv', 'b.csv'], '--most-memory', '10', '--json', '--out', path('unmade.csv'));
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('10 MiB are allowed') });
    expect(lastLine(refused)).toMatchObject({ error: { code: 'LINKAGE_OVER_BUDGET' } });
    expect(existsSync(path('unmade.csv'))).toBe(false);
    for (const options of [['--most-memory', '-5'], ['--plan', '--out', path('unmade.csv')]]) {
      expect(lastLine(linkCsv(['a.csv', 'b.csv'], '--json', ...options))).toMatchObject({ error: { code: 'BAD_USAGE' } });
    }
  });

  it('takes the label out of the record id', () => {
    const done = linkCsv(['a.csv', 'b.csv'], '--id', 'id', '--truth-pattern', '^rec-(\\d+)-', '--json');
    expect(done.code).toBe(0);
    expect((lastLine(done)['measured'] as { f1: number }).f1).toBeGreaterThan(0.97);
    expect(lastLine(linkCsv(['a.csv', 'b.csv'], '--json'))).not.toHaveProperty('measured');
  });

  it('joins all records of a person in a register named by --many', () => {
    const done = linkCsv(['a.csv', 'permits.csv'], '--truth', 'person', '--many', 'permits', '--json');
    expect(done.code).toBe(0);
    expect((lastLine(done)['measured'] as { exactEntityF1: number }).exactEntityF1).toBeGreaterThan(0.95);
    const unique = lastLine(linkCsv(['a.csv', 'permits.csv'], '--truth', 'person', '--json'));
    expect((unique['measured'] as { recall: number }).recall).toBeLessThan(0.6);
  });

  it('takes a column that one file lacks as missing there', () => {
    const done = linkCsv(['a.csv', 'b-without-birth.csv'], '--truth', 'person', '--json');
    expect(done.code).toBe(0);
    expect((lastLine(done)['measured'] as { f1: number }).f1).toBeGreaterThan(0.9);
  });
});

describe('vinculum link on extracts', () => {
  const extract = (name: string, register: string, key: string): void => {
    writeFileSync(path(key), key.padEnd(64, '0').replace(/[^0-9a-f]/g, 'a'), { mode: 0o600 });
    const done = vinculum('encode', '--in', path(name), '--out', path(register), '--secret-file', path(key),
      '--id', 'id', '--register', register, '--cardinality', 'unique', '--reference-date', '2026-01-01', '--columns', COLUMNS);
    expect(done).toMatchObject({ code: 0 });
  };

  it('links what vinculum encode wrote, by opaque record ids', () => {
    extract('a.csv', 'population', 'one.key');
    extract('b.csv', 'permits', 'one.key');
    const done = vinculum('link', path('population'), path('permits'), '--out', path('extract-links.csv'), '--json');
    expect(done.code).toBe(0);
    expect(lastLine(done)).toMatchObject({ registers: 2, records: 400 });
    const rows = rowsOf(path('extract-links.csv')).slice(1);
    const entityOf = new Map(rows.map(([entity, register, id]) => [`${register} ${id}`, entity]));
    expect(entityOf.size).toBe(400);
    expect(rows.every(([, , id]) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    expect(Number(lastLine(done)['entities'])).toBeGreaterThan(295);
    expect(Number(lastLine(done)['entities'])).toBeLessThan(310);
  });

  it('refuses extracts of another key', () => {
    extract('b.csv', 'borders', 'two.key');
    const done = vinculum('link', path('population'), path('borders'), '--json');
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining('another spec or key') });
    expect(lastLine(done)).toMatchObject({ error: { code: 'LINKAGE_INPUT_INVALID' } });
  });

  it('refuses extracts together with CSV files, and options that are for CSV files', () => {
    expect(vinculum('link', path('population'), path('b.csv'))).toMatchObject(
      { code: 2, err: expect.stringContaining('extracts only or CSV files only') });
    expect(vinculum('link', path('population'), path('permits'), '--truth', 'person')).toMatchObject(
      { code: 2, err: expect.stringContaining('an extract takes no --truth') });
  });
});

describe('vinculum link refuses, with 2,', () => {
  it.each<[string, string[], string]>([
    ['one input', ['a.csv'], 'at least two inputs, got 1'],
    ['a file that is not there', ['a.csv', 'absent.csv'], 'no such file or folder'],
    ['a column that no file has', ['a.csv', 'b.csv', '--columns', 'givenName=first,familyName=surname'], '"surname"'],
    ['a role that is none', ['a.csv', 'b.csv', '--columns', 'nickname=first'], '"nickname" is no role'],
    ['an id column that is not there', ['a.csv', 'b.csv', '--id', 'number'], 'expected the column "number" once'],
    ['a truth column that is not there', ['a.csv', 'b.csv', '--truth', 'label'], 'expected the column "label" once'],
    ['a pattern that is none', ['a.csv', 'b.csv', '--truth-pattern', '('], 'expected a regular expression'],
    ['a register that is none', ['a.csv', 'b.csv', '--many', 'c'], 'no register c; they are a, b'],
    ['a spec that is not there', ['a.csv', 'b.csv', '--spec', 'absent.json'], 'expected a readable JSON file'],
    ['an option that is none', ['a.csv', 'b.csv', '--fast'], "unknown option '--fast'"],
  ])('%s', (_, args, reason) => {
    const inputs = args.filter((arg) => arg.endsWith('.csv'));
    const options = args.filter((arg) => !arg.endsWith('.csv'));
    expect(linkCsv(inputs, ...options)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(reason) });
  });

  it('CSV files without --columns', () => {
    expect(vinculum('link', path('a.csv'), path('b.csv'))).toMatchObject(
      { code: 2, err: expect.stringContaining('expected --columns') });
  });

  it('a spec with an error, by its reason', () => {
    writeFileSync(path('spec.json'), '{"kind":"vinculum-linkage-spec","version":1,"extra":{}}');
    const done = linkCsv(['a.csv', 'b.csv'], '--spec', path('spec.json'), '--json');
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining('extra is not known') });
    expect(lastLine(done)).toMatchObject({ error: { code: 'LINKAGE_SPEC_INVALID' } });
  });

  it.each([
    ['NaN', 'BAD_USAGE', 'expected a readable JSON file'], ['1e999', 'LINKAGE_SPEC_INVALID', 'seed must be a whole number'],
    ['"7"', 'LINKAGE_SPEC_INVALID', 'seed must be'], ['-1', 'LINKAGE_SPEC_INVALID', 'seed must be'],
  ])('a spec whose seed is %s', (seed, code, reason) => {
    const spec = readFileSync(resolve(__dirname, '../../config/linkage/default.json'), 'utf8');
    writeFileSync(path('spec.json'), spec.replace(/"seed": \d+/, `"seed": ${seed}`));
    const done = linkCsv(['a.csv', 'b.csv'], '--spec', path('spec.json'), '--json');
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining(reason) });
    expect(lastLine(done)).toMatchObject({ error: { code } });
  });

  it.each([['', 'CSV_EMPTY'], ['id,person,first,last,born\n', 'CSV_EMPTY']])('an empty register (%j)', (text, code) => {
    writeFileSync(path('empty.csv'), text);
    const done = linkCsv(['a.csv', 'empty.csv'], '--json');
    expect(done.code).toBe(2);
    expect(lastLine(done)).toMatchObject({ error: { code } });
  });

  it.each(['nowhere/links.csv', 'taken'])('an --out that cannot be written (%s), and leaves nothing behind', (out) => {
    mkdirSync(path('taken'), { recursive: true });
    const before = readdirSync(folder);
    const done = linkCsv(['a.csv', 'b.csv'], '--out', path(out), '--json');
    expect(done.code).toBe(2);
    expect(lastLine(done)).toMatchObject({ error: { code: 'OUTPUT_UNWRITABLE' } });
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(`${path(out)}.partial`)).toBe(false);
  });
});
