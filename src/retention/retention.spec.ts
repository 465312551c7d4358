import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVerifierKey, verifyReceipt } from '#libs/audit';
import { deliver } from '../../test/support/delivery.js';
import { keptContentOf, openedRows, type KeptContent } from '../../test/support/kept-content.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService, type Answer } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { ed25519Verify } from '../platform/keys/ed25519.js';
import { DataKey } from '../extracts/data-key.js';
import { RetentionClock } from './retention-clock.js';

const CUSTODIAN = 'custodian-population';
const HOLDER = 'board-data-protection';
const SECOND = 'board-civil-society';
const TABLES = ['encodings.chunk', 'encodings.upload', 'content.chunk', 'content.key', 'content.sealed_rows'];

/** What a dump of the database holds of an extract. */
interface Dump {
  readonly wrapped_key: Buffer;
  readonly chunks: readonly { readonly place: string; readonly data: Buffer }[];
  readonly content: KeptContent;
}

describe('retention', () => {
  let service: TestService;
  let folder: string;
  beforeAll(async () => {
    service = await TestService.start();
    folder = mkdtempSync(join(tmpdir(), 'vinculum-receipt-'));
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const clock = (): RetentionClock => service.service.application.get(RetentionClock, { strict: false });
  const sweep = (): Promise<void> => clock().sweep();
  const ask = (person: string, project: string, kind: string): Promise<Answer> =>
    service.request(person, 'POST', `/api/projects/${project}/retention-decisions`, { kind, reason: 'a court asks' });
  const approve = (person: string, id: string): Promise<Answer> =>
    service.request(person, 'POST', `/api/retention-decisions/${id}/approvals`);
  const stateOf = async (id: string): Promise<string> => (await service.query<{ state: string }>(
    'owner', 'SELECT state FROM encodings.extract WHERE id = $1', [id]))[0].state;

  async function delivered(): Promise<{ project: string; id: string; extract: TinyExtract }> {
    const project = await approvedProject(service);
    const extract = TinyExtract.create(300);
    return { project, extract, id: await deliver(service, CUSTODIAN, project, extract) };
  }

  async function runOut(id: string): Promise<void> {
    await service.query('owner',
      "UPDATE encodings.extract SET destroy_after = now() - interval '1 minute' WHERE id = $1", [id]);
  }

  async function dumpOf(id: string): Promise<Dump> {
    const [{ wrapped_key }] = await service.query<{ wrapped_key: Buffer }>(
      'owner', 'SELECT wrapped_key FROM encodings.extract WHERE id = $1', [id]);
    const chunks = await service.query<{ place: string; data: Buffer }>(
      'owner', 'SELECT place, data FROM encodings.chunk WHERE extract = $1 ORDER BY place', [id]);
    return { wrapped_key, chunks, content: await keptContentOf(service.ownerQuery, id) };
  }

  /** Every row of every table but the job queue's own, as text; bytes as hexadecimal digits. */
  async function wholeDatabase(): Promise<string> {
    const tables = await service.query<{ name: string }>('owner', `SELECT format('%I.%I', schemaname, tablename) AS name
      FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'queue')`);
    const texts = await Promise.all(tables.map(({ name }) => service.query<{ text: string }>(
      name.startsWith('audit.') ? 'audit' : 'owner', `SELECT t::text AS text FROM ${name} AS t`)));
    return texts.flat().map(({ text }) => text).join('\n');
  }

  async function decrypted(id: string, dump: Dump): Promise<Buffer> {
    const key = await DataKey.unwrap(service.storageKeys(), id, dump.wrapped_key);
    return Buffer.concat(dump.chunks.map(({ place, data }) => key.openChunk('encodings', Number(place), data)));
  }

  async function refused(answer: Promise<Answer>): Promise<[number, string]> {
    const { status, body } = await answer;
    return [status, (body as { code: string }).code];
  }

  it('an accepted extract says when it is destroyed: its project\'s days from then', async () => {
    const { id } = await delivered();
    const { body } = await service.request(CUSTODIAN, 'GET', `/api/extracts/${id}`);
    expect(body.version).toBe(1);
    expect(Math.round((Date.parse(body.destroyAfter) - Date.now()) / 86_400_000)).toBe(90);
    await sweep();
    expect(await stateOf(id)).toBe('accepted');
  });

  it('a destroyed one is read from no table, by no API, and not from a dump with every key that is left', async () => {
    const { id, project, extract } = await delivered();
    const dump = await dumpOf(id);
    expect((await decrypted(id, dump)).equals(extract.bytes.encodings)).toBe(true);
    const rows = await openedRows(service.storageKeys(), dump.content);
    const rowsOf = (bytes: Buffer): string[][] => bytes.toString().trimEnd().split('\n').slice(1)
      .map((line, row) => [String(row), ...line.split(',').slice(1)]);
    expect(rows.content).toEqual(rowsOf(extract.bytes.content));
    expect(rows.events).toEqual(rowsOf(extract.bytes.events));
    await runOut(id);
    await Promise.all([sweep(), sweep(), sweep()]);
    for (const table of TABLES) {
      expect(await service.query('owner', `SELECT 1 FROM ${table} WHERE extract = $1`, [id])).toEqual([]);
    }
    const [row] = await service.query<{ wrapped_key: Buffer | null }>(
      'owner', 'SELECT wrapped_key FROM encodings.extract WHERE id = $1', [id]);
    expect(row.wrapped_key).toBeNull();
    await expect(decrypted(id, dump)).rejects.toMatchObject({ code: 'STORAGE_KEY_DESTROYED' });
    await expect(openedRows(service.storageKeys(), dump.content)).rejects.toMatchObject({ code: 'STORAGE_KEY_DESTROYED' });
    expect(await refused(service.request(CUSTODIAN, 'GET', `/api/extracts/${id}`))).toEqual([410, 'EXTRACT_DESTROYED']);
    expect(await refused(service.request(CUSTODIAN, 'POST', `/api/extracts/${id}/seal`)))
      .toEqual([410, 'EXTRACT_DESTROYED']);
    expect(await refused(service.request('operator', 'POST', `/api/projects/${project}/linkage-runs`, {})))
      .toEqual([409, 'EXTRACTS_MISSING']);
    const events = (await service.auditEvents()).filter(({ object, action }) =>
      object === `extract:${id}` && action === 'extract.destroy');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      outcome: 'ok', project, purpose: 'dpv:ProvideOfficialStatistics', approvals: [`project:${project}`],
      details: { reason: 'RETENTION_ENDED', records: 300, version: 1, sha256: extract.manifest.parts.encodings.sha256 },
    });
  });

  it('no dump of the whole database holds a row of content or an event in the clear, nor a record id', async () => {
    const project = await approvedProject(service);
    const extract = TinyExtract.create(40);
    const id = await deliver(service, CUSTODIAN, project, extract);
    const dump = await wholeDatabase();
    expect(dump).toContain(id);
    const [first] = extract.bytes.content.toString().split('\n').slice(1);
    const [recordId, , birthMonth] = first.split(',');
    for (const secret of [recordId, birthMonth, Buffer.from(birthMonth).toString('hex'), '2020-01-11']) {
      expect(dump.includes(secret)).toBe(false);
    }
    // Days from 2000-01-01 in four bytes, and that the search finds what there is.
    expect(dump.includes('00001c93')).toBe(false);
    expect(dump.includes((await dumpOf(id)).content.chunks[0].data.toString('hex'))).toBe(true);
  });

  it('hands out a receipt that verifies offline, and not with a byte changed', async () => {
    const { id } = await delivered();
    const path = `/api/extracts/${id}/receipt`;
    expect(await refused(service.request(CUSTODIAN, 'GET', path))).toEqual([409, 'EXTRACT_NOT_DESTROYED']);
    await runOut(id);
    await sweep();
    const { status, body } = await service.request(CUSTODIAN, 'GET', path);
    expect(status).toBe(200);
    expect(await refused(service.request('custodian-permits', 'GET', path))).toEqual([404, 'NOT_FOUND']);
    expect((await service.request('auditor', 'GET', path)).status).toBe(200);
    const key = ((await service.request(undefined, 'GET', '/api/audit-log/key')).body as string).trim();
    const report = verifyReceipt(body as string, parseVerifierKey(key), ed25519Verify);
    expect(report).toMatchObject({ ok: true, event: { action: 'extract.destroy', object: `extract:${id}` } });
    const file = join(folder, 'receipt');
    const verify = (text: string, ...args: string[]): { status: number | null; stdout: string } => {
      writeFileSync(file, text);
      return spawnSync(process.execPath, [
        join(process.cwd(), 'dist', 'src', 'cli.js'), 'audit', 'verify', '--receipt', file, ...args,
      ], { encoding: 'utf8' });
    };
    const good = verify(body as string, '--key', key, '--json');
    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout.trim())).toMatchObject({ ok: true, event: { object: `extract:${id}` } });
    const altered = readFileSync(file);
    altered[altered.length >> 1] ^= 1;
    expect(verify(altered.toString('latin1'), '--key', key).status).toBe(1);
    expect(verify(body as string).status).toBe(2);
  });

  it('a legal hold takes two people, stops the clock, and takes two to lift', async () => {
    const { id, project } = await delivered();
    const asked = await ask(HOLDER, project, 'hold');
    expect([asked.status, asked.body.state]).toEqual([201, 'waiting']);
    expect(await refused(approve(HOLDER, asked.body.decisionId))).toEqual([403, 'SELF_APPROVAL']);
    expect(await refused(ask(SECOND, project, 'hold'))).toEqual([409, 'DECISION_WAITS']);
    expect(await refused(ask('statistician', project, 'hold'))).toEqual([403, 'NOT_PERMITTED']);
    expect((await approve(SECOND, asked.body.decisionId)).body.state).toBe('approved');
    expect(await refused(approve(SECOND, asked.body.decisionId))).toEqual([409, 'DECISION_STATE']);
    expect(await refused(ask(HOLDER, project, 'close'))).toEqual([409, 'LEGAL_HOLD']);
    await runOut(id);
    await sweep();
    expect(await stateOf(id)).toBe('accepted');
    const { body } = await service.request('auditor', 'GET', `/api/projects/${project}/retention`);
    expect(body).toMatchObject({
      held: true, retentionDays: 90, extracts: [{ extractId: id, version: 1, state: 'accepted', overdue: true }],
    });
    const lifting = await ask(SECOND, project, 'lift-hold');
    expect(await refused(approve(SECOND, lifting.body.decisionId))).toEqual([403, 'SELF_APPROVAL']);
    await sweep();
    expect(await stateOf(id)).toBe('accepted');
    expect((await approve(HOLDER, lifting.body.decisionId)).status).toBe(201);
    await sweep();
    expect(await stateOf(id)).toBe('destroyed');
    const actions = (await service.auditEvents()).filter((event) => event['project'] === project)
      .map(({ action, outcome }) => `${action as string} ${outcome as string}`)
      .filter((text) => text.includes('hold') && !text.includes('refused'));
    expect(actions).toEqual(['legal-hold.request pending', 'legal-hold.approve accepted',
      'legal-hold-lifting.request pending', 'legal-hold-lifting.approve accepted']);
  });

  it('nobody approves what was asked for two weeks ago', async () => {
    const { project } = await delivered();
    const { body } = await ask(HOLDER, project, 'hold');
    await service.query('owner',
      "UPDATE governance.retention_decision SET requested_at = now() - interval '15 days' WHERE id = $1",
      [body.decisionId]);
    expect(await refused(approve(SECOND, body.decisionId))).toEqual([409, 'DECISION_STATE']);
    expect((await ask(HOLDER, project, 'hold')).status).toBe(201);
  });

  it('a person of another organisation approves where vulnerable groups are in scope', async () => {
    const { project } = await delivered();
    const { body } = await ask(HOLDER, project, 'hold');
    await service.query('owner', `UPDATE governance.retention_decision
      SET requester = 'somebody', requester_organisation = 'migrant-council' WHERE id = $1`, [body.decisionId]);
    expect(await refused(approve(SECOND, body.decisionId))).toEqual([403, 'SECOND_ORGANISATION_NEEDED']);
  });

  it('two people close a project: its extracts are destroyed at once, and it takes no more', async () => {
    const { id, project } = await delivered();
    const receiving = TinyExtract.create(5);
    const opened = await service.request(CUSTODIAN, 'POST', `/api/projects/${project}/extracts`, receiving.manifest);
    const { body } = await ask(HOLDER, project, 'close');
    expect((await approve(SECOND, body.decisionId)).status).toBe(201);
    await sweep();
    expect(await stateOf(id)).toBe('destroyed');
    expect(await stateOf(opened.body.extractId)).toBe('destroyed');
    const again = service.request(CUSTODIAN, 'POST', `/api/projects/${project}/extracts`, receiving.manifest);
    expect(await refused(again)).toEqual([409, 'PROJECT_STATE']);
    expect(await refused(ask(HOLDER, project, 'hold'))).toEqual([409, 'PROJECT_STATE']);
    expect((await service.request('auditor', 'GET', `/api/projects/${project}`)).body)
      .toMatchObject({ state: 'closed', closedAt: expect.any(String) });
    const event = (await service.auditEvents()).find(({ object, action }) =>
      object === `extract:${id}` && action === 'extract.destroy');
    expect(event).toMatchObject({
      approvals: [`retention-decision:${body.decisionId}`], details: { reason: 'PROJECT_CLOSED' },
    });
  });

  it('a later delivery supersedes the earlier, which stays until its own clock', async () => {
    const { id, project } = await delivered();
    const second = await deliver(service, CUSTODIAN, project, TinyExtract.create(310));
    const clocks = async (): Promise<object> =>
      (await service.request('auditor', 'GET', `/api/projects/${project}/retention`)).body.extracts;
    expect(await clocks()).toMatchObject([
      { extractId: id, version: 1, state: 'superseded' }, { extractId: second, version: 2, state: 'accepted' },
    ]);
    await runOut(id);
    await sweep();
    expect(await clocks()).toMatchObject([{ state: 'destroyed' }, { state: 'accepted' }]);
  });
});
