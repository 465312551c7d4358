import { randomBytes } from 'node:crypto';
import { ClkhashRegister, recordIdOf } from '../../test/support/clkhash-register.js';
import { deliver } from '../../test/support/delivery.js';
import { inventedPeople, partOf, type Person } from '../../test/support/encoded-register.js';
import { approvedProject, PROJECT } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { DataKey } from './data-key.js';

const POPULATION = 'custodian-population';
const PERMITS = 'custodian-permits';
const RECORDS = 600;
const SHARED = 400;

/** The first letters of every fifth family name are turned around. */
function misspelt(people: readonly Person[]): Person[] {
  return people.map((person, i) => {
    const name = person.get('familyName') ?? '';
    return i % 5 > 0 ? person : new Map([...person, ['familyName', name[1] + name[0] + name.slice(2)]]);
  });
}

const people = inventedPeople(2 * RECORDS - SHARED, 21);
const first = ClkhashRegister.create('population-register', people.slice(0, RECORDS), { layout: 'json', bitOrder: 'msb' });
const second = ClkhashRegister.create('residence-permits', misspelt(people.slice(RECORDS - SHARED)), { layout: 'binary', bitOrder: 'lsb' });

describe('extracts of filters that another program encoded', () => {
  let service: TestService;
  beforeAll(async () => { service = await TestService.start(); });
  afterAll(() => service.stop());

  const project = (): Promise<string> =>
    approvedProject(service, { registers: PROJECT.registers.slice(0, 2) });

  /** What the database keeps of the filters, decrypted. */
  async function kept(extract: string): Promise<Buffer> {
    const { application } = service.service;
    const { storageKeys } = application.get<ServiceContext>(SERVICE_CONTEXT, { strict: false });
    const [{ wrapped_key }] = await service.query<{ wrapped_key: Buffer }>('owner',
      'SELECT wrapped_key FROM encodings.extract WHERE id = $1', [extract]);
    const key = await DataKey.unwrap(storageKeys, extract, wrapped_key);
    const chunks = await service.query<{ place: string; data: Buffer }>('owner',
      'SELECT place, data FROM encodings.chunk WHERE extract = $1 ORDER BY place', [extract]);
    return Buffer.concat(chunks.map(({ place, data }) => key.openChunk('encodings', Number(place), data)));
  }

  it('clkhash JSON beside a CSV, and raw bytes of another order, are judged, kept as rows and linked', async () => {
    const id = await project();
    const extracts = [
      await deliver(service, POPULATION, id, first), await deliver(service, PERMITS, id, second)];
    for (const [i, register] of [first, second].entries()) {
      const { registerId, parts } = register.manifest;
      expect(await kept(extracts[i])).toEqual(Buffer.concat(register.filters.flatMap((filter, row) =>
        [Buffer.from(recordIdOf(registerId, row), 'hex'), filter])));
      const { body } = await service.request([POPULATION, PERMITS][i], 'GET', `/api/extracts/${extracts[i]}`);
      expect(body).toMatchObject({
        state: 'accepted', records: RECORDS, parts: { encodings: { bytes: parts.encodings.bytes, received: parts.encodings.bytes } },
        report: { verdict: 'accepted', rows: [], safety: { segments: [{ name: 'clk', declared: 'plain' }] } },
      });
      expect(body.report.safety.segments[0].verdict).not.toBe('too-few-records');
    }
    const checks = await service.request('operator', 'GET', `/api/projects/${id}/cross-checks`);
    expect(checks.body).toMatchObject([{ verdict: 'same' }]);
    expect(await linkedRight(id, extracts)).toBeGreaterThan(0.9);
  });

  /** F1 of the links: person `RECORDS - SHARED + i` of the first register is `i` of the second. */
  async function linkedRight(id: string, [a, b]: readonly string[]): Promise<number> {
    const started = await service.request('operator', 'POST', `/api/projects/${id}/linkage-runs`);
    const { runId } = started.body as { runId: string };
    for (let state = 'queued'; state !== 'done';) {
      await new Promise((done) => setTimeout(done, 200));
      ({ body: { state } } = await service.request('operator', 'GET', `/api/linkage-runs/${runId}`));
      expect(['queued', 'running', 'done']).toContain(state);
    }
    const pairs = await service.query<{ a: number; b: number }>('owner',
      `SELECT a.row_no AS a, b.row_no AS b FROM links.entity_record a JOIN links.entity_record b USING (run, entity)
       WHERE run = $1 AND a.extract = $2 AND b.extract = $3`, [runId, a, b]);
    const right = pairs.filter((pair) => pair.a - pair.b === RECORDS - SHARED).length;
    return 2 * right / (pairs.length + SHARED);
  }

  it('a file of many chunks is read by turns with the rows that are written', async () => {
    const records = 36_000;
    const filters = Array.from({ length: records }, () => randomBytes(128));
    const ids = Array.from({ length: records }, () => randomBytes(16));
    const bytes = {
      encodings: Buffer.concat(filters),
      content: Buffer.from(`record_id,sex,birth_month,citizenship,country_of_birth\n${ids.map((id) => `${id.toString('hex')},_U,,,\n`).join('')}`),
    };
    const extract = await deliver(service, POPULATION, await project(), {
      bytes, manifest: {
        ...first.manifest, spec: undefined as never, records, variables: [], clks: { layout: 'binary', bits: 1024, bitOrder: 'msb' },
        parts: { encodings: partOf(bytes.encodings, records), content: partOf(bytes.content, records) },
      },
    });
    const expected = Buffer.concat(ids.flatMap((id, row) => [id, filters[row]]));
    expect((await kept(extract)).equals(expected)).toBe(true);
  });

  it.each<[string, ClkhashRegister, string, object[]]>([
    ['a filter of another length', first.changed('encodings', (text) => text.replace('["', '["AAAA","').replace(/,"[^"]*"\]/, ']')),
      'EXTRACT_ROWS_REFUSED', [{ row: 1, field: 'clk', reason: 'expected 128 bytes for 1020 bits, got 3' }]],
    ['an id that is there twice', first.changed('content', (text) =>
      text.replace(recordIdOf('population-register', 4), recordIdOf('population-register', 2))),
    'EXTRACT_ROWS_REFUSED', [{ row: 5, field: 'record_id', reason: 'expected each record once; row 3 has the same record id' }]],
    ['an id that is none', first.changed('content', (text) => text.replace(recordIdOf('population-register', 4), '12345')),
      'EXTRACT_ROWS_REFUSED', [{ row: 5, field: 'record_id', reason: 'expected 32 lower-case hex digits in the content' }]],
    ['a code that no list has', first.changed('content', (text) => text.replace('FR', 'QQ')),
      'EXTRACT_ROWS_REFUSED', [{ row: 1, field: 'citizenship', reason: expect.any(String) }]],
    ['one filter for all', first.changed('encodings', (text) => text.replace(/"[\w+/]{100,}=*"/g, `"${Buffer.alloc(128, 0x50).toString('base64')}"`)),
      'ENCODINGS_UNSAFE', []],
    ['JSON that is cut', first.changed('encodings', (text) => text.slice(0, -2)),
      'CLKS_INVALID', [{ row: 601, reason: 'the file is refused here' }]],
    ['bytes that are not those of the manifest', { ...first, bytes: first.changed('encodings', (text) => text.replace('A', 'B')).bytes } as ClkhashRegister,
      'EXTRACT_PART_DIFFERS', []],
  ])('%s: refused whole, with the row, and nothing of it stays', async (_name, extract, code, rows) => {
    const id = await project();
    await expect(deliver(service, POPULATION, id, extract)).rejects.toThrow(code);
    const [{ report, chunks, keys }] = await service.query<{ report: object; chunks: number; keys: number }>('owner',
      `SELECT report, (wrapped_key IS NOT NULL)::int AS keys,
         (SELECT count(*)::int FROM encodings.chunk WHERE extract = e.id)
         + (SELECT count(*)::int FROM content.chunk WHERE extract = e.id)
         + (SELECT count(*)::int FROM content.sealed_rows WHERE extract = e.id)
         + (SELECT count(*)::int FROM content.key WHERE extract = e.id) AS chunks
       FROM encodings.extract e WHERE project = $1`, [id]);
    expect(report).toMatchObject({ verdict: 'refused', code, rows });
    expect({ chunks, keys }).toEqual({ chunks: 0, keys: 0 });
  });
});
