import { request as httpRequest } from 'node:http';
import { Upload } from 'tus-js-client';
import type { ExtractPartName } from '#libs/record';
import { keptContentOf, openedRows } from '../../test/support/kept-content.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService, type Answer } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { ExpiryJob } from './expiry-job.js';

const CUSTODIAN = 'custodian-population';
const TUS = { 'tus-resumable': '1.0.0' };

describe('uploads of the parts of an extract', () => {
  let service: TestService;
  let project: string;
  beforeAll(async () => {
    service = await TestService.start();
    project = await approvedProject(service);
  });
  afterAll(() => service.stop());

  async function open(extract: TinyExtract): Promise<string> {
    const path = `/api/projects/${project}/extracts`;
    const answer = await service.request(CUSTODIAN, 'POST', path, extract.manifest);
    expect(answer.status).toBe(201);
    return answer.body.extractId;
  }

  async function tus(
    method: string, path: string, headers: Record<string, string> = {}, body?: Buffer, person = CUSTODIAN,
  ): Promise<Answer> {
    const answer = await fetch(service.url + path, {
      method, headers: { ...TUS, authorization: `Bearer ${await service.token(person)}`, ...headers },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  }

  /** Announces a piece; the path of its upload. */
  async function create(id: string, part: ExtractPartName, start: number, length: number): Promise<string> {
    const answer = await tus('POST', `/api/extracts/${id}/parts/${part}/uploads`, {
      'upload-length': String(length), 'upload-metadata': `start ${Buffer.from(String(start)).toString('base64')}`,
    });
    expect([answer.status, answer.body]).toEqual([201, undefined]);
    return answer.headers.get('location')!;
  }

  const patch = (path: string, offset: number, body: Buffer, person = CUSTODIAN): Promise<Answer> => tus('PATCH', path,
    { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, body, person);
  const offsetOf = async (path: string): Promise<number> =>
    Number((await tus('HEAD', path)).headers.get('upload-offset'));

  async function sendAll(id: string, extract: TinyExtract): Promise<void> {
    for (const [part, bytes] of Object.entries(extract.bytes)) {
      const path = await create(id, part as ExtractPartName, 0, bytes.length);
      expect((await patch(path, 0, bytes)).status).toBe(204);
    }
  }

  const seal = (id: string): Promise<Answer> => service.request(CUSTODIAN, 'POST', `/api/extracts/${id}/seal`);
  const view = async (id: string): Promise<Answer['body']> =>
    (await service.request(CUSTODIAN, 'GET', `/api/extracts/${id}`)).body;

  it('a part arrives in pieces, in any order and size; sealed, it is accepted, and sealing again changes nothing', async () => {
    const extract = TinyExtract.create(500);
    const id = await open(extract);
    const { encodings, content, events } = extract.bytes;
    const last = await create(id, 'encodings', 30_001, encodings.length - 30_001);
    const first = await create(id, 'encodings', 0, 30_001);
    expect((await patch(last, 0, encodings.subarray(30_001))).headers.get('upload-offset')).toBe(String(encodings.length - 30_001));
    await patch(first, 0, encodings.subarray(0, 77));
    expect((await view(id)).parts.encodings).toMatchObject({
      bytes: encodings.length, received: encodings.length - 30_001 + 77,
      uploads: [
        { start: 0, length: 30_001, offset: 77 }, { start: 30_001, offset: encodings.length - 30_001 },
      ],
    });
    const early = await seal(id);
    expect([early.status, early.body.code]).toEqual([409, 'EXTRACT_INCOMPLETE']);
    expect(await offsetOf(first)).toBe(77);
    await patch(first, 77, encodings.subarray(77, 30_001));
    for (const [part, bytes] of [['content', content], ['events', events]] as const) {
      await patch(await create(id, part, 0, bytes.length), 0, bytes);
    }
    const sealed = await seal(id);
    expect([sealed.status, sealed.body.state]).toEqual([200, 'accepted']);
    const events1 = (await service.auditEvents()).length;
    expect((await seal(id)).body).toEqual(sealed.body);
    expect(await open(extract)).toBe(id);
    expect((await service.auditEvents()).length).toBe(events1);
    expect(await service.query('owner', 'SELECT 1 FROM content.chunk WHERE extract = $1', [id])).toEqual([]);
    const kept = await openedRows(service.storageKeys(), await keptContentOf(service.ownerQuery, id));
    expect([kept.content.length, kept.events.length]).toEqual([500, 500]);
  });

  it('of two who send the same bytes one wins, and the other hears where the upload is', async () => {
    const extract = TinyExtract.create(2_000);
    const id = await open(extract);
    const [path, again] = await Promise.all([
      create(id, 'encodings', 0, extract.bytes.encodings.length), create(id, 'encodings', 0, extract.bytes.encodings.length)]);
    expect(again).toBe(path);
    const half = extract.bytes.encodings.subarray(0, 80_000);
    const answers = await Promise.all(Array.from({ length: 4 }, () => patch(path, 0, half)));
    const refused = answers.filter(({ status }) => status === 409);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(refused.map(({ body }) => body.code)).toEqual(['UPLOAD_OFFSET', 'UPLOAD_OFFSET', 'UPLOAD_OFFSET']);
    expect(await offsetOf(path)).toBe(80_000);
  });

  it('of two who seal at once both hear that it was accepted, or one that it is being checked', async () => {
    const extract = TinyExtract.create(3_000, 3);
    const id = await open(extract);
    await sendAll(id, extract);
    const answers = await Promise.all([seal(id), seal(id)]);
    for (const { status, body } of answers) {
      expect(status === 200 ? body.state : body.code).toMatch(/^(accepted|EXTRACT_BUSY)$/);
    }
    const sealed = (await service.auditEvents()).filter(({ action, object }) =>
      action === 'extract.seal' && object === `extract:${id}`);
    expect(sealed).toHaveLength(1);
  });

  it('pieces must lie in the part and beside each other', async () => {
    const extract = TinyExtract.create(100);
    const id = await open(extract);
    const path = `/api/extracts/${id}/parts/content/uploads`;
    const all = extract.bytes.content.length;
    await create(id, 'content', 100, 50);
    for (const [start, length, status, code] of [
      [0, 101, 409, 'UPLOAD_OVERLAPS'], [149, 1, 409, 'UPLOAD_OVERLAPS'], [100, 49, 409, 'UPLOAD_OVERLAPS'],
      [150, all, 422, 'UPLOAD_OUTSIDE_PART'], [0, 0, 422, 'UPLOAD_OUTSIDE_PART'], [all, 1, 422, 'UPLOAD_OUTSIDE_PART'],
    ] as const) {
      const answer = await tus('POST', path, {
        'upload-length': String(length), 'upload-metadata': `start ${Buffer.from(String(start)).toString('base64')}` });
      expect([start, length, answer.status, answer.body.code]).toEqual([start, length, status, code]);
    }
  });

  it('speaks tus 1.0.0 and refuses what is not', async () => {
    const extract = TinyExtract.create(10);
    const id = await open(extract);
    const path = await create(id, 'content', 0, extract.bytes.content.length);
    const options = await tus('OPTIONS', `/api/extracts/${id}/parts/content/uploads`);
    expect(Object.fromEntries(options.headers)).toMatchObject({
      'tus-version': '1.0.0', 'tus-extension': 'creation,termination,expiration', 'tus-max-size': String(64 * 2 ** 30) });
    const head = await tus('HEAD', path);
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'tus-resumable': '1.0.0', 'upload-offset': '0', 'upload-length': String(extract.bytes.content.length),
      'cache-control': 'no-store' });
    expect(Date.parse(head.headers.get('upload-expires')!)).toBeGreaterThan(Date.now() + 71 * 3_600_000);
    const codes: [Promise<Answer>, number, string][] = [
      [tus('PATCH', path, { 'tus-resumable': '0.2.0' }), 412, 'TUS_VERSION'],
      [tus('PATCH', path, { 'upload-offset': '0', 'content-type': 'text/plain' }, Buffer.from('x')), 415, 'MEDIA_TYPE_UNKNOWN'],
      [tus('PATCH', path, { 'upload-offset': '-1', 'content-type': 'application/offset+octet-stream' }), 400, 'TUS_HEADER'],
      [tus('POST', `/api/extracts/${id}/parts/content/uploads`, { 'upload-length': '1e3' }), 400, 'TUS_HEADER'],
      [patch(path, 7, Buffer.from('x')), 409, 'UPLOAD_OFFSET'],
      [patch(path, 0, Buffer.concat([extract.bytes.content, Buffer.from('x')])), 413, 'UPLOAD_TOO_LONG'],
    ];
    for (const [answer, status, code] of codes) {
      const { status: got, body } = await answer;
      expect([got, body.code]).toEqual([status, code]);
    }
  });

  it('a cancelled upload leaves nothing, and its bytes can be sent again', async () => {
    const extract = TinyExtract.create(50);
    const id = await open(extract);
    const path = await create(id, 'encodings', 0, 2_000);
    await patch(path, 0, extract.bytes.encodings.subarray(0, 2_000));
    expect((await tus('DELETE', path)).status).toBe(204);
    expect((await tus('HEAD', path)).status).toBe(404);
    expect(await service.query('owner', 'SELECT 1 FROM encodings.chunk WHERE extract = $1', [id])).toEqual([]);
    expect(await create(id, 'encodings', 0, 3_000)).not.toBe(path);
  });

  it('what had come when the line broke is kept', async () => {
    const extract = TinyExtract.create(4_000);
    const id = await open(extract);
    const { encodings } = extract.bytes;
    const path = await create(id, 'encodings', 0, encodings.length);
    const token = await service.token(CUSTODIAN);
    await new Promise<void>((done) => {
      const request = httpRequest(service.url + path, { method: 'PATCH', headers: {
        ...TUS, authorization: `Bearer ${token}`, 'upload-offset': '0', 'content-length': encodings.length,
        'content-type': 'application/offset+octet-stream' } });
      request.on('error', () => done());
      request.write(encodings.subarray(0, 100_000), () => setTimeout(() => request.destroy(), 200));
    });
    let offset = 0;
    for (const end = Date.now() + 10_000; offset === 0 && Date.now() < end;) offset = await offsetOf(path);
    expect(offset).toBe(100_000);
    expect((await patch(path, offset, encodings.subarray(offset))).status).toBe(204);
  });

  it('bytes are encrypted where they lie', async () => {
    const extract = TinyExtract.create(40);
    const id = await open(extract);
    await patch(await create(id, 'content', 0, extract.bytes.content.length), 0, extract.bytes.content);
    await patch(await create(id, 'encodings', 0, extract.bytes.encodings.length), 0, extract.bytes.encodings);
    const chunks = await service.query<{ data: Buffer }>('owner',
      'SELECT data FROM content.chunk WHERE extract = $1 UNION ALL SELECT data FROM encodings.chunk WHERE extract = $1', [id]);
    expect(chunks).toHaveLength(2);
    for (const { data } of chunks) {
      expect(data.includes(Buffer.from('record_id'))).toBe(false);
      expect(data.includes(extract.bytes.encodings.subarray(0, 16))).toBe(false);
    }
  });

  it('another custodian finds neither the extract nor its uploads', async () => {
    const extract = TinyExtract.create(20);
    const id = await open(extract);
    const path = await create(id, 'encodings', 0, 100);
    const other = 'custodian-borders';
    const answers = await Promise.all([
      tus('HEAD', path, {}, undefined, other), tus('DELETE', path, {}, undefined, other),
      patch(path, 0, Buffer.alloc(10), other),
      tus('POST', `/api/extracts/${id}/parts/encodings/uploads`, { 'upload-length': '5' }, undefined, other),
      service.request(other, 'GET', `/api/extracts/${id}`), service.request(other, 'POST', `/api/extracts/${id}/seal`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  });

  it('a register has a few extracts on the way at most, and manifests have limits', async () => {
    const extract = TinyExtract.create(3, 1, 'population-register');
    const opened: number[] = [];
    for (let records = 101; records < 115; records++) {
      const manifest = { ...TinyExtract.create(records, 0).manifest };
      const answer = await service.request(CUSTODIAN, 'POST', `/api/projects/${project}/extracts`, manifest);
      opened.push(answer.status);
    }
    expect(opened.at(-1)).toBe(409);
    const { manifest } = extract;
    const many = 100_000_001;
    const parts = { encodings: { ...manifest.parts.encodings, rows: many, bytes: many * 80 } };
    const answer = await service.request(CUSTODIAN, 'POST', `/api/projects/${project}/extracts`, { ...manifest, records: many, parts });
    expect([answer.status, answer.body.code]).toEqual([422, 'EXTRACT_TOO_LARGE']);
  });

  it('what was abandoned expires: the bytes are gone, and the key with them', async () => {
    const extracts = await service.query<{ id: string }>('owner', "SELECT id FROM encodings.extract WHERE state = 'receiving'");
    expect(extracts.length).toBeGreaterThan(2);
    const [{ id: kept }, ...abandoned] = extracts;
    await service.query('owner', `UPDATE encodings.extract SET created_at = now() - interval '73 hours' WHERE state = 'receiving'`);
    await service.query('owner', `UPDATE encodings.upload SET changed_at = now() - interval '73 hours'`);
    await service.query('owner', 'UPDATE encodings.extract SET created_at = now() WHERE id = $1', [kept]);
    const job = service.service.application.get(ExpiryJob);
    await Promise.all([job.sweep(), job.sweep()]);
    const rows = await service.query<{ id: string }>('owner', `SELECT id, state, wrapped_key, (SELECT count(*)::int FROM encodings.chunk WHERE extract = e.id)
      + (SELECT count(*)::int FROM content.chunk WHERE extract = e.id) AS chunks FROM encodings.extract e WHERE state IN ('receiving', 'expired')`);
    expect(rows.filter(({ id }) => id !== kept)).toEqual(
      expect.arrayContaining(abandoned.map(({ id }) => ({ id, state: 'expired', wrapped_key: null, chunks: 0 }))));
    expect(rows.find(({ id }) => id === kept)).toMatchObject({ state: 'receiving' });
    const events = (await service.auditEvents()).filter(({ action }) => action === 'extract.expire');
    expect(events).toHaveLength(abandoned.length);
    const late = await tus('POST', `/api/extracts/${abandoned[0].id}/parts/encodings/uploads`, { 'upload-length': '5' });
    expect([late.status, late.body.code]).toEqual([410, 'EXTRACT_EXPIRED']);
  });

  it('a client of the protocol that knows nothing of this service sends a part and resumes it', async () => {
    const extract = TinyExtract.create(1_500);
    const id = await open(extract);
    const token = await service.token(CUSTODIAN);
    const send = (): Promise<number> => new Promise((done, fail) => {
      let requests = 0;
      const upload = new Upload(extract.bytes.encodings, {
        endpoint: `${service.url}/api/extracts/${id}/parts/encodings/uploads`, chunkSize: 50_000,
        headers: { authorization: `Bearer ${token}` }, retryDelays: [0, 100, 100],
        onAfterResponse: () => { requests++; },
        onChunkComplete: (_size, offset) => {
          if (offset === 50_000) upload.abort().then(() => done(requests), fail);
        },
        onSuccess: () => done(requests), onError: fail,
      });
      upload.start();
    });
    await send();
    expect((await view(id)).parts.encodings.received).toBe(50_000);
    await send();
    expect((await view(id)).parts.encodings.received).toBe(extract.bytes.encodings.length);
  });
});
