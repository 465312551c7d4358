import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { encodingRowBytes } from '#libs/record';
import { submitExtract, trySubmitExtract } from '../../src/demo/custodian.js';
import { approveProject } from '../../src/demo/demo-project.js';
import { loggedEvents } from '../../src/demo/exported-log.js';
import { ServiceClient, type Answer } from '../../src/demo/service-client.js';
import { ServiceProcess } from '../../src/demo/service-process.js';
import { SmallCountry } from './small-country.js';

const REGISTER = 'residence-permits';
const CUSTODIAN = 'custodian-permits';
const TABLES = ['encodings.chunk', 'encodings.part', 'content.record', 'content.event', 'links.entity_record'];

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly rows?: readonly { readonly row: number; readonly field?: string; readonly reason: string }[];
  readonly rowErrors?: number;
}

describe('extracts that are not as they should be', () => {
  let service: ServiceProcess;
  let client: ServiceClient;
  let country: SmallCountry;
  let project: string;
  let before: Record<string, number>;

  beforeAll(async () => {
    country = await SmallCountry.create(300);
    service = await ServiceProcess.start();
    client = await ServiceClient.connect(service.url);
    project = await approveProject(client, 'Bad extracts');
    await submitExtract(client, 'custodian-population', project, country.extract('population-register'));
    before = await rowCounts();
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    service.remove();
    country.remove();
  });

  async function rowCounts(): Promise<Record<string, number>> {
    const database = new Client(service.ownDatabase);
    await database.connect();
    try {
      const counts: Record<string, number> = {};
      for (const table of TABLES) {
        const { rows } = await database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
        counts[table] = Number(rows[0].n);
      }
      return counts;
    } finally {
      await database.end();
    }
  }

  async function submitted(folder: string): Promise<{
    answer: Answer; problem: Problem; extractId: string | undefined;
  }> {
    const { answer, extractId } = await trySubmitExtract(client, CUSTODIAN, project, folder);
    return { answer, problem: answer.json<Problem>(), extractId };
  }

  async function expectRefusedWhole(folder: string, code: string): Promise<Problem> {
    const { answer, problem, extractId } = await submitted(folder);
    expect([answer.status, problem.code]).toEqual([422, code]);
    if (extractId) {
      const { state } = (await client.ask(CUSTODIAN, 'GET', `/api/extracts/${extractId}`)).json<{ state: string }>();
      expect(state).toBe('refused');
    }
    expect(await rowCounts()).toEqual(before);
    return problem;
  }

  it('a repeated record id is refused with its row', async () => {
    const bytes = encodingRowBytes(country.manifest(REGISTER).segments);
    const problem = await expectRefusedWhole(country.changed(REGISTER, (_, part) => {
      const rows = part('encodings');
      rows.copy(rows, 4 * bytes, 2 * bytes, 2 * bytes + 16);
      return { parts: { encodings: rows } };
    }), 'EXTRACT_ROWS_REFUSED');
    expect(problem.rows).toEqual([
      { row: 5, field: 'record_id', reason: 'expected each record once; row 3 has the same record id' }]);
  });

  it('a code that no list has is refused with its row, and not repeated', async () => {
    const problem = await expectRefusedWhole(country.changed(REGISTER, (_, part) => {
      const lines = part('content').toString().split('\n');
      const fields = lines[7].split(',');
      fields[3] = 'QQ';
      lines[7] = fields.join(',');
      return { parts: { content: Buffer.from(lines.join('\n')) } };
    }), 'EXTRACT_ROWS_REFUSED');
    expect(problem.rows).toMatchObject([{ row: 7, field: 'citizenship' }]);
    expect(JSON.stringify(problem)).not.toContain('QQ');
  });

  it('all faults are counted and the first hundred listed', async () => {
    const problem = await expectRefusedWhole(country.changed(REGISTER, (_, part) => ({
      parts: { events: Buffer.from(part('events').toString().replace(/\d{4}-\d{2}-\d{2}/g, '2025-02-30')) },
    })), 'EXTRACT_ROWS_REFUSED');
    const events = country.manifest(REGISTER).parts.events!.rows;
    expect(problem.detail).toContain(`events: ${events} faults`);
    expect(problem.rows).toHaveLength(Math.min(100, events));
  });

  it('an event after the reference date is refused, the end of a permit may lie ahead', async () => {
    const after = (kind: string, date: string) => country.changed(REGISTER, (_, part) => {
      const lines = part('events').toString().split('\n');
      lines[1] = [lines[1].split(',')[0], kind, date, ''].join(',');
      return { parts: { events: Buffer.from(lines.join('\n')) } };
    });
    const problem = await expectRefusedWhole(after('registered', '2026-01-01'), 'EXTRACT_ROWS_REFUSED');
    expect(problem.rows).toEqual([
      { row: 1, field: 'date', reason: 'expected no event after the reference date' }]);
    const { extractId, answer } = await trySubmitExtract(
      client, CUSTODIAN, project, after('permit-until', '2031-01-01'));
    expect(answer.json()).toMatchObject({ state: 'accepted', extractId });
    before = await rowCounts();
  });

  it('content in another order than the encodings is refused', async () => {
    const problem = await expectRefusedWhole(country.changed(REGISTER, (_, part) => {
      const lines = part('content').toString().split('\n');
      [lines[2], lines[3]] = [lines[3], lines[2]];
      return { parts: { content: Buffer.from(lines.join('\n')) } };
    }), 'EXTRACT_ROWS_REFUSED');
    expect(problem.rows?.map(({ row }) => row)).toEqual([2, 3]);
  });

  it('another spec, another key, another filter length: refused before anything is sent', async () => {
    const segments = country.manifest(REGISTER).segments;
    const shorter = segments.map(({ name, bits }, i) => ({ name, bits: i === 0 ? bits - 8 : bits }));
    const rows = country.manifest(REGISTER).records;
    const cases: [Parameters<SmallCountry['changed']>[1], string, string][] = [
      [() => ({ manifest: { specHash: 'ab'.repeat(32) } }), 'SPEC_HASH_DIFFERS', 'abab'],
      [() => ({ manifest: { keyFingerprint: 'cd'.repeat(8) } }), 'KEY_FINGERPRINT_DIFFERS', 'cdcd'],
      [() => ({ manifest: { cardinality: 'unique' } }), 'CARDINALITY_DIFFERS', 'unique'],
      [() => ({ manifest: { segments: shorter } }), 'EXTRACT_MANIFEST_INVALID', 'parts.encodings.bytes'],
      [() => ({
        manifest: { segments: shorter },
        parts: { encodings: Buffer.alloc(rows * encodingRowBytes(shorter)) },
      }), 'FILTER_LENGTH_DIFFERS', `${segments[0].name} of ${segments[0].bits} bits`],
    ];
    for (const [change, code, words] of cases) {
      const problem = await expectRefusedWhole(country.changed(REGISTER, change), code);
      expect(problem.detail).toContain(words);
    }
  });

  it('a part that was cut off on the way leaves everything as it was and may be sent again', async () => {
    const bytes = encodingRowBytes(country.manifest(REGISTER).segments);
    const folder = country.changed(REGISTER, (_, part) => ({
      parts: { encodings: part('encodings').subarray(0, 3 * bytes + 5) }, keepManifest: true,
    }));
    const { answer, problem, extractId } = await submitted(folder);
    expect([answer.status, problem.code]).toEqual([422, 'EXTRACT_PART_DIFFERS']);
    expect(problem.rows).toEqual([{ row: 4, reason: `expected ${bytes} bytes, got 5` }]);
    expect(await rowCounts()).toEqual(before);
    const good = country.extract(REGISTER);
    for (const part of ['encodings', 'content', 'encodings', 'events'] as const) {
      const path = `/api/extracts/${extractId}/parts/${part}`;
      const file = join(good, part === 'encodings' ? 'encodings.bin' : `${part}.csv`);
      expect((await client.upload(CUSTODIAN, path, file)).status).toBe(200);
    }
    const sealed = await client.ask(CUSTODIAN, 'POST', `/api/extracts/${extractId}/seal`);
    expect(sealed.json()).toMatchObject({ state: 'accepted' });
    before = await rowCounts();
  });

  it('sealed without all its parts, it is refused whole', async () => {
    const manifest = country.manifest(REGISTER);
    const { extractId } = await client.post<{ extractId: string }>(
      CUSTODIAN, `/api/projects/${project}/extracts`, manifest);
    const path = `/api/extracts/${extractId}`;
    const early = await client.upload(
      CUSTODIAN, `${path}/parts/content`, join(country.extract(REGISTER), 'content.csv'));
    expect([early.status, early.code]).toEqual([409, 'ENCODINGS_FIRST']);
    await client.upload(CUSTODIAN, `${path}/parts/encodings`, join(country.extract(REGISTER), 'encodings.bin'));
    const sealed = await client.ask(CUSTODIAN, 'POST', `${path}/seal`);
    expect([sealed.status, sealed.code]).toEqual([422, 'EXTRACT_INCOMPLETE']);
    expect(await rowCounts()).toEqual(before);
    const again = await client.ask(CUSTODIAN, 'POST', `${path}/seal`);
    expect([again.status, again.code]).toEqual([409, 'EXTRACT_STATE']);
  });

  it("another custodian's register and extract are out of reach", async () => {
    const own = await client.post<{ extractId: string }>(
      CUSTODIAN, `/api/projects/${project}/extracts`, country.manifest(REGISTER));
    const opened = await client.ask(
      'custodian-borders', 'POST', `/api/projects/${project}/extracts`, country.manifest(REGISTER));
    expect([opened.status, opened.code]).toEqual([403, 'NOT_YOUR_REGISTER']);
    const read = await client.ask('custodian-borders', 'GET', `/api/extracts/${own.extractId}`);
    expect(read.status).toBe(404);
    const sealed = await client.ask('custodian-borders', 'POST', `/api/extracts/${own.extractId}/seal`);
    expect(sealed.status).toBe(404);
  });

  it('every refusal is in the log, with its reason and nothing of a record', async () => {
    const file = join(country.folder, 'audit-log.vinculum');
    writeFileSync(file, await client.text('auditor', '/api/audit-log/export'));
    const refused = loggedEvents(file).filter(({ outcome }) => outcome === 'refused');
    const reasons = refused.map(({ details }) => details?.reason);
    expect(reasons).toEqual(expect.arrayContaining([
      'EXTRACT_ROWS_REFUSED', 'SPEC_HASH_DIFFERS', 'KEY_FINGERPRINT_DIFFERS', 'CARDINALITY_DIFFERS',
      'EXTRACT_MANIFEST_INVALID', 'FILTER_LENGTH_DIFFERS', 'EXTRACT_INCOMPLETE', 'NOT_YOUR_REGISTER',
    ]));
    expect(JSON.stringify(refused)).not.toMatch(/QQ|"[0-9a-f]{32}"/);
  });
});
