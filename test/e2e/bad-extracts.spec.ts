import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { encodingRowBytes } from '#libs/record';
import { refusalOfExtract, submitExtract } from '../../src/demo/custodian.js';
import { approveProject } from '../../src/demo/demo-project.js';
import { loggedEvents } from '../../src/demo/exported-log.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { ServiceProcess } from '../../src/demo/service-process.js';
import type { Problem } from '../../src/submission/problem.js';
import { SmallCountry } from './small-country.js';

const REGISTER = 'residence-permits';
const CUSTODIAN = 'custodian-permits';
const TABLES = [
  'encodings.chunk', 'encodings.upload', 'content.chunk', 'content.sealed_rows', 'content.key', 'links.entity_record',
];

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
  }, 240_000);

  afterAll(async () => {
    await service.stop();
    service.remove();
    country.remove();
  });

  async function query<Row extends object>(sql: string): Promise<Row[]> {
    const database = new Client(service.ownDatabase);
    await database.connect();
    try {
      return (await database.query<Row>(sql)).rows;
    } finally {
      await database.end();
    }
  }

  async function rowCounts(): Promise<Record<string, number>> {
    const counts = TABLES.map((table) => `SELECT '${table}' AS name, count(*)::int AS n FROM ${table}`);
    const rows = await query<{ name: string; n: number }>(counts.join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  }

  async function newestExtract(): Promise<{ id: string; state: string; wrapped_key: Buffer | null }> {
    const [newest] = await query<{ id: string; state: string; wrapped_key: Buffer | null }>(
      'SELECT id, state, wrapped_key FROM encodings.extract ORDER BY created_at DESC LIMIT 1');
    return newest;
  }

  /** `opened` is false where the manifest alone is reason enough. */
  async function expectRefusedWhole(folder: string, code: string, opened = true): Promise<Problem> {
    const earlier = await newestExtract();
    const problem = await refusalOfExtract(client, CUSTODIAN, project, folder);
    expect(problem).toMatchObject({ status: 422, code });
    const newest = await newestExtract();
    if (opened) expect(newest).toMatchObject({ state: 'refused', wrapped_key: null });
    else expect(newest).toEqual(earlier);
    expect(await rowCounts()).toEqual(before);
    return problem!;
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
    const extractId = await submitExtract(client, CUSTODIAN, project, after('permit-until', '2031-01-01'));
    expect(await newestExtract()).toMatchObject({ id: extractId, state: 'accepted' });
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
      [() => ({
        manifest: { segments: shorter },
        parts: { encodings: Buffer.alloc(rows * encodingRowBytes(shorter)) },
      }), 'FILTER_LENGTH_DIFFERS', `${segments[0].name} of ${segments[0].bits} bits`],
    ];
    for (const [change, code, words] of cases) {
      const problem = await expectRefusedWhole(country.changed(REGISTER, change), code, false);
      expect(problem.detail).toContain(words);
    }
  });

  it('a manifest that contradicts itself is refused', async () => {
    const answer = await client.ask(CUSTODIAN, 'POST', `/api/projects/${project}/extracts`,
      { ...country.manifest(REGISTER), records: 7 });
    expect([answer.status, answer.code]).toEqual([422, 'EXTRACT_MANIFEST_INVALID']);
    expect(answer.text).toContain('parts.encodings.rows');
    expect(await rowCounts()).toEqual(before);
  });

  it('bytes that are not those of the manifest are refused, whoever changed them', async () => {
    const problem = await expectRefusedWhole(country.changed(REGISTER, (_, part) => {
      const rows = part('encodings');
      rows[rows.length - 1] ^= 1;
      return { parts: { encodings: rows }, keepManifest: true };
    }), 'EXTRACT_PART_DIFFERS');
    expect(problem.detail).toContain('SHA-256');
  });

  it('a file that was cut off is not sent', async () => {
    const folder = country.changed(REGISTER, (_, part) => ({
      parts: { content: part('content').subarray(0, 1_000) }, keepManifest: true,
    }));
    await expect(submitExtract(client, CUSTODIAN, project, folder)).rejects.toMatchObject({ code: 'EXTRACT_PART_DIFFERS' });
    expect(await rowCounts()).toEqual(before);
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
      'EXTRACT_MANIFEST_INVALID', 'FILTER_LENGTH_DIFFERS', 'EXTRACT_PART_DIFFERS', 'NOT_YOUR_REGISTER',
    ]));
    expect(JSON.stringify(refused)).not.toMatch(/QQ|"[0-9a-f]{32}"/);
  });
});
