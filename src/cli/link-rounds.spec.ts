import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chance } from '../../test/support/encoded-extracts.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const SYLLABLES = 'ma ri lo ne sa tu ve ka do pi ber gan shi zur fel wan'.split(' ');
const random = chance(12);
const word = (syllables: number): string => Array.from({ length: syllables }, () =>
  SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('');
const number = (from: number, to: number): string =>
  String(from + Math.floor(random() * (to - from))).padStart(2, '0');
const people = Array.from({ length: 300 }, (_, id) =>
  ({ id, text: `${word(3)},${word(4)},${number(1930, 2010)}-${number(1, 13)}-${number(1, 13)}` }));

let folder: string;
const path = (name: string): string => join(folder, name);
const write = (name: string, rows: typeof people): void => writeFileSync(
  path(`${name}.csv`), ['id,first,last,born', ...rows.map(({ id, text }) => `p${id},${text}`)].join('\n'));

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

function link(files: readonly string[], ...options: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    CLI, 'link', ...files.map((name) => path(`${name}.csv`)), '--columns', 'givenName=first,familyName=last,birthDate=born',
    '--id', 'id', '--json', ...options], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const lastLine = ({ out }: Ended): Record<string, unknown> =>
  JSON.parse(out.trimEnd().split('\n').at(-1) as string) as Record<string, unknown>;
/** Name of the entity by `register id`. */
const entitiesIn = (file: string): Map<string, string> =>
  new Map(readFileSync(path(file), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(','))
    .map(([entity, register, id]) => [`${register} ${id}`, entity]));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-rounds-'));
  write('a', people.slice(0, 150));
  write('b', people.slice(50, 200));
  write('c', people.slice(100, 250));
  mkdirSync(path('newer'));
  write('newer/b', people.slice(60, 210));
  expect(link(['a', 'b'], '--out', path('one.csv')).code).toBe(0);
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe('vinculum link --previous', () => {
  it('adds an extract, keeps the names of entities, and says what became of them', () => {
    const done = link(['a', 'b', 'c'], '--previous', path('one.csv'), '--out', path('two.csv'), '--report', path('two.json'));
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('of the round before: 100 entities unchanged') });
    expect(lastLine(done)['round']).toEqual({
      unchanged: 100, extended: 100, fresh: 50, merged: 0, split: 0, gone: 0, goneRecords: 0, settled: ['a', 'b'],
    });
    const [one, two] = [entitiesIn('one.csv'), entitiesIn('two.csv')];
    expect(two.size).toBe(450);
    for (const [record, entity] of one) expect(two.get(record)).toBe(entity);
    for (let id = 100; id < 200; id++) expect(two.get(`c p${id}`)).toBe(one.get(`b p${id}`));
    const fresh = [...new Set(two.values())].filter((name) => !new Set(one.values()).has(name));
    expect(fresh).toHaveLength(50);
    for (const name of fresh) expect(name).toMatch(/^[0-9a-f]{8}-\d+$/);
    const report = JSON.parse(readFileSync(path('two.json'), 'utf8')) as {
      models: { registers: string }[]; manifest: { previous: string } };
    expect(report.models.map(({ registers }) => registers)).toEqual(['a x c', 'b x c']);
    expect(report.manifest.previous).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes nothing where nothing is new, to the byte', () => {
    const done = link(['a', 'b'], '--previous', path('one.csv'), '--out', path('again.csv'));
    expect(lastLine(done)['round']).toMatchObject({ unchanged: 200, extended: 0, fresh: 0 });
    expect(readFileSync(path('again.csv'), 'utf8')).toBe(readFileSync(path('one.csv'), 'utf8'));
  });

  it('takes a newer extract of a register, and one that was corrected, by their record ids', () => {
      const done = link(['a', 'newer/b'], '--previous', path('one.csv'), '--out', path('newer.csv'));
    expect(lastLine(done)['round']).toMatchObject(
      { fresh: 10, merged: 0, split: 0, gone: 0, goneRecords: 10, settled: ['a'] });
    const [one, newer] = [entitiesIn('one.csv'), entitiesIn('newer.csv')];
    for (let id = 60; id < 200; id++) expect(newer.get(`b p${id}`)).toBe(one.get(`b p${id}`));
    const corrected = link(['a', 'newer/b'], '--previous', path('newer.csv'), '--renewed', 'b');
    expect(lastLine(corrected)['round']).toMatchObject({ unchanged: 210, settled: ['a'] });
  });

  it.each<[string, string, string[], string]>([
    ['a header that is another', 'x,y\n1,2\n', [], 'expected the header'],
    ['no record', 'entity,register,record_id,probability\n', [], 'expected records, found none'],
    ['a register that is not among the inputs', 'entity,register,record_id,probability\n0,z,p1,1\n', [],
      'row 1, register: its register is not among the inputs'],
    ['a record twice, a wrong name and a wrong probability',
      'entity,register,record_id,probability\n0,a,p1,1\n1,a,p1,1\nx y,a,p2,1\n2,a,p3,7\n', [], '3 refused'],
    ['a renewed register that was not there', 'entity,register,record_id,probability\n0,a,p1,1\n', ['--renewed', 'b'],
      'has no record of b'],
  ])('refuses %s', (_, text, options, reason) => {
    writeFileSync(path('bad.csv'), text);
    const done = link(['a', 'b'], '--previous', path('bad.csv'), ...options);
    expect(done).toMatchObject({ code: 2, err: expect.stringContaining(reason) });
    expect(lastLine(done)).toMatchObject({ error: { code: 'PREVIOUS_LINKS_INVALID' } });
  });

  it('refuses two records of a unique register in one entity, and --renewed alone', () => {
    const text = readFileSync(path('one.csv'), 'utf8').replace(/^\d+,b,/gm, '0,b,');
    writeFileSync(path('bad.csv'), text);
    expect(lastLine(link(['a', 'b'], '--previous', path('bad.csv')))).toMatchObject(
      { error: { code: 'PREVIOUS_ENTITIES_INVALID' } });
    expect(lastLine(link(['a', 'b'], '--renewed', 'b'))).toMatchObject({ error: { code: 'BAD_USAGE' } });
  });
});
