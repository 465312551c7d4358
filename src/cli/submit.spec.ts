import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrailLine } from '../../test/support/frail-line.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { packageRoot } from '../platform/settings/policy-document.js';

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

const CUSTODIAN = 'custodian-population';
const PATIENCE_MS = 60_000;

/** The command as a process of its own, against the real service. */
describe('vinculum submit', () => {
  let service: TestService;
  let project: string;
  let folder: string;
  let token: string;
  let folders = 0;
  beforeAll(async () => {
    service = await TestService.start();
    folder = mkdtempSync(join(tmpdir(), 'vinculum-submit-'));
    token = await service.token(CUSTODIAN);
  });
  beforeEach(async () => { project = await approvedProject(service); });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  function written(extract: TinyExtract): string {
    const path = join(folder, `${++folders}`);
    extract.write(path);
    return path;
  }

  /** @param began is handed the process. */
  function submit(
    extract: string, options: Record<string, string> = {},
    environment: Record<string, string> = { VINCULUM_TOKEN: token },
    began: (interrupt: () => void) => void = () => undefined,
  ): Promise<Ended> {
    const all = { '--url': service.url, '--project': project, ...options };
    const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'src', 'cli.js'), 'submit', extract, '--json',
      ...Object.entries(all).flat()], { env: { PATH: process.env['PATH'], ...environment } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => { out += String(text); });
    child.stderr.on('data', (text) => { err += String(text); });
    began(() => { child.kill('SIGINT'); });
    return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
  }

  const stateOf = async (
    id: string,
  ): Promise<{ state: string; parts: Record<string, { received: number }> }> =>
    (await service.request(CUSTODIAN, 'GET', `/api/extracts/${id}`)).body;

  async function receivingId(): Promise<string> {
    const rows = await service.query<{ id: string }>('owner',
      "SELECT id FROM encodings.extract WHERE project = $1 AND state = 'receiving'", [project]);
    return rows[0].id;
  }

  it('ends with 0 and the accepted extract; again, it is the same', async () => {
    const extract = written(TinyExtract.create(700));
    const first = await submit(extract);
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('accepted: 700 records of population-register') });
    const outcome = JSON.parse(first.out) as { extractId: string };
    expect(outcome).toMatchObject({ registerId: 'population-register', state: 'accepted', records: 700 });
    expect(JSON.parse((await submit(extract)).out)).toEqual(outcome);
  });

  it('stopped by Ctrl-C amid the bytes, it ends with 130 and goes on from what the service has', async () => {
    const line = await FrailLine.to(service.url);
    const source = TinyExtract.create(60_000);
    const extract = written(source);
    const half = Math.floor(source.bytes.encodings.length / 2);
    const interrupted = await submit(
      extract, { '--url': line.url, '--parallel': '1' }, { VINCULUM_TOKEN: token },
      (interrupt) => { void line.holdAfter(half).then(interrupt); });
    expect(interrupted).toEqual(
      { code: 130, out: '', err: 'interrupted; run the same command again to go on\n' });
    line.mend();
    const id = await receivingId();
    let received = 0;
    for (const end = Date.now() + PATIENCE_MS; received < half - 100_000 && Date.now() < end;) {
      received = (await stateOf(id)).parts['encodings'].received;
    }
    expect(received).toBeGreaterThan(half - 100_000);
    expect(received).toBeLessThan(source.bytes.encodings.length);
    const before = line.passed;
    const resumed = await submit(extract, { '--url': line.url });
    expect(resumed).toMatchObject({ code: 0, err: expect.stringContaining(`extract ${id}`) });
    const all = Object.values(source.bytes).reduce((sum, { length }) => sum + length, 0);
    expect(line.passed - before).toBeGreaterThan(all - received);
    expect(line.passed - before).toBeLessThan(all - received + 50_000);
    expect((await stateOf(id)).state).toBe('accepted');
    await line.close();
  });

  it('ends with 1 where the service refuses the extract, and lists rows and reasons without a value', async () => {
    const tiny = TinyExtract.create(600);
    const id = tiny.bytes.encodings.toString('hex', 0, 16);
    const refused = await submit(written(tiny.withEvents([`${id},arrived,2031-01-01,FR`])));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('EXTRACT_ROWS_REFUSED');
    expect(refused.err).toContain('row 1, date: expected no event after the reference date');
    expect(JSON.parse(refused.out)).toMatchObject({
      error: { code: 'EXTRACT_ROWS_REFUSED', rows: [{ row: 1, field: 'date' }] },
    });
    expect(refused.err + refused.out).not.toContain('2031');
    expect(refused.err + refused.out).not.toContain(id);
  });

  it('ends with 1 where the bytes are not those of the manifest: the service compares the SHA-256', async () => {
    const extract = written(TinyExtract.create(600));
    const file = join(extract, 'encodings.bin');
    const bytes = readFileSync(file);
    bytes[20_000] ^= 1;
    writeFileSync(file, bytes);
    expect(await submit(extract)).toMatchObject({ code: 1, err: expect.stringContaining('EXTRACT_PART_DIFFERS: encodings') });
  });

  it('ends with 1 where the manifest is not one of the project', async () => {
    const { manifest } = TinyExtract.create(600);
    const extract = written(TinyExtract.create(600));
    writeFileSync(join(extract, 'manifest.json'), JSON.stringify({ ...manifest, cardinality: 'many' }));
    const refused = await submit(extract);
    expect([refused.code, JSON.parse(refused.out).error.code]).toEqual([1, 'CARDINALITY_DIFFERS']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['an address that is none', { '--url': 'vinculum' }, 'BAD_USAGE: --url'],
    ['an address without encryption', { '--url': 'http://vinculum.example' }, 'BAD_USAGE: --url'],
    ['a service that is not there', { '--url': 'http://127.0.0.1:1' }, 'SERVICE_UNREACHABLE: the service does not answer'],
    ['a project that is no id', { '--project': 'mine' }, 'BAD_USAGE: --project'],
    ['a project that is not', { '--project': '00000000-0000-4000-8000-000000000000' }, 'NOT_FOUND: no project'],
    ['too many at the same time', { '--parallel': '9' }, 'BAD_USAGE: --parallel'],
    ['a token file that is not', { '--token-file': 'absent' }, 'FILE_UNREADABLE: absent'],
  ])('ends with 2 for %s', async (_, options, message) => {
    const ended = await submit(written(TinyExtract.create(3)), options);
    expect([ended.code, ended.err.startsWith(message), ended.err]).toEqual([2, true, ended.err]);
    expect(JSON.parse(ended.out).error.code).toBe(message.split(':')[0]);
  });

  it('ends with 2 for a token that the service does not take, or that is none, and never prints it', async () => {
    const extract = written(TinyExtract.create(3));
    expect(await submit(extract, {}, {})).toMatchObject({ code: 2, err: expect.stringContaining('VINCULUM_TOKEN') });
    const wrong = await submit(extract, {}, { VINCULUM_TOKEN: 'c2VjcmV0.dG9rZW4' });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/^TOKEN_INVALID: /) });
    expect(wrong.err + wrong.out).not.toContain('c2VjcmV0');
    const other = await submit(extract, {}, { VINCULUM_TOKEN: await service.token('statistician') });
    expect(other).toMatchObject({ code: 2, err: expect.stringMatching(/^NOT_PERMITTED: /) });
  });

  it('ends with 2 for a folder that is no extract, and sends nothing of one that is cut off', async () => {
    const none = await submit(folder);
    expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/^EXTRACT_NOT_FOUND: /) });
    const malformed = written(TinyExtract.create(3));
    writeFileSync(join(malformed, 'manifest.json'), '{"format":"vinculum-extract"}');
    expect(await submit(malformed)).toMatchObject(
      { code: 2, err: expect.stringMatching(/^EXTRACT_MANIFEST_INVALID: /) });
    const short = written(TinyExtract.create(300));
    truncateSync(join(short, 'content.csv'), 1_000);
    expect(await submit(short)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^EXTRACT_PART_DIFFERS: content\.csv: expected \d+ bytes, got 1000/),
    });
    expect(await service.query('owner', 'SELECT 1 FROM encodings.extract WHERE project = $1', [project])).toEqual([]);
  });
});
