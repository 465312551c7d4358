import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTENT_HEADER } from '#libs/record';
import { PEOPLE_HEADER, writeSyntheticCountry } from './synthetic-country-folder.js';
import { synthesizeCommand } from './synthesize.js';

const folder = mkdtempSync(join(tmpdir(), 'vinculum-synthesize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let next = 0;
const out = (): string => join(folder, `country-${next++}`);

const FILES = [
  'country.json', 'population-register/people.csv', 'population-register/events.csv', 'residence-permits/people.csv',
  'residence-permits/events.csv', 'border-crossings/people.csv', 'border-crossings/events.csv', 'truth/links.csv',
  'truth/persons.csv', 'truth/spells.csv',
];
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('vinculum synthesize', () => {
  it('writes the files of a country, each record in the truth once, rows in order of their ids', async () => {
    const path = out();
    const summary = await writeSyntheticCountry({ people: 700, seed: 4, out: path });
    expect(JSON.parse(readFileSync(join(path, 'country.json'), 'utf8'))).toEqual(summary);
    expect(summary).toMatchObject({ people: 700, seed: 4, referenceDate: '2025-12-31' });
    const files = readdirSync(path, { recursive: true }).map(String);
    expect(files.filter((file) => /\.(csv|json)$/u.test(file)).sort()).toEqual([...FILES].sort());
    const links = linesOf(join(path, 'truth/links.csv')).slice(1).map((line) => line.split(',').slice(0, 2).join());
    expect(new Set(links).size).toBe(links.length);
    const held: string[] = [];
    for (const register of summary.registers) {
      const [header, ...rows] = linesOf(join(path, register.registerId, 'people.csv'));
      expect(header).toBe(PEOPLE_HEADER.join(','));
      expect(rows).toHaveLength(register.people);
      const ids = rows.map((row) => row.slice(0, row.indexOf(',')));
      expect(ids).toEqual([...ids].sort());
      const events = linesOf(join(path, register.registerId, 'events.csv')).slice(1);
      expect(events).toHaveLength(register.events);
      const known = new Set(ids);
      expect(events.every((event) => known.has(event.slice(0, event.indexOf(','))))).toBe(true);
      held.push(...ids.map((id) => `${register.registerId},${id}`));
    }
    expect(held.sort()).toEqual(links.sort());
    const columns = [...Object.values(summary.columns), ...Object.values(summary.otherColumns)];
    expect(columns.filter((column) => !(PEOPLE_HEADER as readonly string[]).includes(column))).toEqual([]);
    expect(Object.keys(summary.content)).toHaveLength(CONTENT_HEADER.length - 1);
  });

  it('writes the same bytes for the same seed, others for another', async () => {
    const [first, again, other] = [out(), out(), out()];
    await writeSyntheticCountry({ people: 200, seed: 9, out: first });
    await writeSyntheticCountry({ people: 200, seed: 9, out: again });
    await writeSyntheticCountry({ people: 200, seed: 10, out: other });
    for (const file of FILES) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(first, file)))).toBe(true);
      expect(readFileSync(join(other, file)).equals(readFileSync(join(first, file)))).toBe(false);
    }
  });

  it('refuses to overwrite, and leaves what is there', async () => {
    const path = out();
    mkdirSync(path);
    writeFileSync(join(path, 'mine'), 'kept');
    await expect(writeSyntheticCountry({ people: 10, seed: 1, out: path }))
      .rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readdirSync(path)).toEqual(['mine']);
  });

  it('leaves nothing behind when cancelled or refused, and replaces what a killed run left', async () => {
    const path = out();
    const controller = new AbortController();
    const cancelled = writeSyntheticCountry({
      people: 5000, seed: 1, out: path, signal: controller.signal, onProgress: () => controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
    await expect(writeSyntheticCountry({ people: 0, seed: 1, out: path }))
      .rejects.toMatchObject({ code: 'SYNTHETIC_OPTIONS_INVALID' });
    expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
    mkdirSync(`${path}.partial`);
    writeFileSync(join(`${path}.partial`, 'stale'), '');
    await writeSyntheticCountry({ people: 20, seed: 1, out: path });
    expect(existsSync(join(path, 'stale'))).toBe(false);
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  it('prints one line of JSON on standard output, and exits 2 where the folder exists', async () => {
    const path = out();
    const printed: string[] = [];
    const complained: string[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((line) => { printed.push(String(line)); });
    const error = jest.spyOn(console, 'error').mockImplementation((line) => { complained.push(String(line)); });
    try {
      const args = ['--people', '50', '--seed', '3', '--out', path, '--json'];
      await synthesizeCommand().parseAsync(args, { from: 'user' });
      expect(printed).toHaveLength(1);
      expect(JSON.parse(printed[0])).toMatchObject({ people: 50, seed: 3, out: path });
      await synthesizeCommand().parseAsync(args, { from: 'user' });
      expect(process.exitCode).toBe(2);
      expect(complained.at(-1)).toContain('OUTPUT_EXISTS');
    } finally {
      process.exitCode = 0;
      log.mockRestore();
      error.mockRestore();
    }
  });
});
