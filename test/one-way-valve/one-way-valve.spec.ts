import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { EXTRACT_PART_FILES, encodingRowBytes } from '#libs/record';
import { submitExtract } from '../../src/demo/custodian.js';
import { approveProject, DEMO_REGISTERS, projectRequest, releaseCohort } from '../../src/demo/demo-project.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { encodingToken } from '../../src/objections/encoding-token.js';
import type { LinkageRunView } from '../../src/linkage-runs/run-view.js';
import { DEVELOPMENT_PERSONS } from '../../src/platform/identity/development-persons.js';
import { routesOf } from '../authz/routes.js';
import { SmallCountry } from '../e2e/small-country.js';
import { TestService } from '../support/service.js';
import { ROUTE_CALLS, type CallScene, type RouteCall } from './route-calls.js';
import { TaintMarks } from './taint-marks.js';

const POPULATION = DEMO_REGISTERS[0];
/** In an order in which somebody who may change things comes before who then finds them changed. */
const PERSONS = [
  undefined, 'enforcement-officer', 'operator', 'custodian-population', 'custodian-permits', 'custodian-borders',
  'statistician', 'board-methodology', 'board-data-protection', 'board-civil-society', 'auditor', 'administrator',
];
/** Enough for a number to be shown, and too few for one. */
const MANY_OBJECTIONS = 40;
const FEW_OBJECTIONS = 2;

/** The rows of `encodings.bin` of a register. */
function rowsOf(country: SmallCountry, registerId: string): { bytes: Buffer; rows: Buffer[] } {
  const bytes = readFileSync(join(country.extract(registerId), EXTRACT_PART_FILES.encodings));
  const width = encodingRowBytes(country.manifest(registerId).segments);
  const rows = Array.from({ length: bytes.length / width }, (_, row) =>
    bytes.subarray(row * width, (row + 1) * width));
  return { bytes, rows };
}

const idOf = (row: Buffer): string => row.subarray(0, 16).toString('hex');
const tokenOf = (row: Buffer): string => encodingToken([row.subarray(16)])!.toString('hex');

/** A project with links, a cohort and a release; then every route as every role. */
describe('the one-way valve', () => {
  let country: SmallCountry;
  let service: TestService;
  let client: ServiceClient;
  let scene: CallScene;
  let run: LinkageRunView;
  let objecting: string[];
  const byToken: string[] = [];
  let extracts: Map<string, string>;
  const marks = new TaintMarks();
  let logged = '';
  const restore: (() => void)[] = [];

  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      stream.write = ((...args: Parameters<typeof write>) => {
        logged += String(args[0]);
        return write(...args);
      }) as typeof stream.write;
      restore.push(() => { stream.write = write; });
    }
    country = await SmallCountry.create(600);
    for (const { registerId } of DEMO_REGISTERS) taint(registerId);
    service = await TestService.start();
    client = await ServiceClient.connect(service.url);
    scene = await setScene();
  }, 240_000);
  afterAll(async () => {
    restore.forEach((undo) => undo());
    await service.stop();
    country.remove();
  });

  /** Each record's id, and the beginning of each of its filters. */
  function taint(registerId: string): void {
    for (const row of rowsOf(country, registerId).rows) {
      let at = 16;
      marks.add(row);
      for (const { bits } of country.manifest(registerId).segments) {
        marks.add(row.subarray(at, at + bits / 8));
        at += bits / 8;
      }
    }
  }

  async function setScene(): Promise<CallScene> {
    const project = await approveProject(client, 'The valve');
    const { bytes, rows } = rowsOf(country, POPULATION.registerId);
    const recordIds = rows.map(idOf);
    objecting = recordIds.filter((_, row) => row % 7 === 3).slice(0, MANY_OBJECTIONS);
    await objectTo(project, POPULATION.registerId, POPULATION.custodian, objecting);
    const permits = rowsOf(country, DEMO_REGISTERS[1].registerId).rows.map(idOf).slice(0, FEW_OBJECTIONS);
    await objectTo(project, DEMO_REGISTERS[1].registerId, DEMO_REGISTERS[1].custodian, permits);
    objecting.push(...permits);
    await objectByToken(project);
    extracts = new Map();
    for (const { registerId, custodian } of DEMO_REGISTERS) {
      extracts.set(registerId, await submitExtract(client, custodian, project, country.extract(registerId)));
    }
    const { runId } = await client.post<{ runId: string }>('operator', `/api/projects/${project}/linkage-runs`);
    run = await client.poll<LinkageRunView>(
      'operator', `/api/linkage-runs/${runId}`, ({ state }) => !['queued', 'running'].includes(state));
    const { homeCountry, referenceDate } = country.summary;
    const cohortRequest = { definition: 'usual-residents-12m', homeCountry, referenceDate };
    const cohort = await releaseCohort(client, project, cohortRequest);
    const waiting = await client.post<{ cohortId: string }>(
      'statistician', `/api/projects/${project}/cohorts`, cohortRequest);
    await client.post('statistician', `/api/cohorts/${waiting.cohortId}/submit`);
    return {
      project, extract: extracts.get(POPULATION.registerId)!, destroyed: await destroyedExtract(), run: runId,
      cohort: cohort.cohortId, release: cohort.releaseId!, waitingCohort: waiting.cohortId,
      registerId: POPULATION.registerId, manifest: country.manifest(POPULATION.registerId), encodings: bytes,
      recordIds, projectRequest: projectRequest('Another'), cohortRequest, sealedKey: await sealedKey(), made: {},
    };
  }

  async function objectTo(
    project: string, register: string, custodian: string, recordIds: string[],
  ): Promise<void> {
    const path = `/api/projects/${project}/registers/${register}/objections`;
    expect(await client.post(custodian, path, { recordIds, scope: 'project' })).toEqual({ state: 'filed' });
  }

  /**
   * By the token of an encoding that other registers have too, filed by who has the permits alone; and by
   * one that was filed and withdrawn.
   */
  async function objectByToken(project: string): Promise<void> {
    const [population, permits] = DEMO_REGISTERS.map(({ registerId }) => rowsOf(country, registerId).rows);
    const tokens = new Set(permits.map(tokenOf));
    const [token, withdrawn] = population.filter((row) => !objecting.includes(idOf(row))).map(tokenOf)
      .filter((of) => tokens.has(of));
    const { registerId, custodian } = DEMO_REGISTERS[1];
    const path = `/api/projects/${project}/registers/${registerId}`;
    const asked = { tokens: [token, withdrawn], scope: 'all-uses' };
    expect(await client.post(custodian, `${path}/objections`, asked)).toEqual({ state: 'filed' });
    expect(await client.post(custodian, `${path}/objection-withdrawals`, { tokens: [withdrawn], scope: 'all-uses' }))
      .toEqual({ state: 'withdrawn' });
    for (const row of DEMO_REGISTERS.flatMap((register) => rowsOf(country, register.registerId).rows)) {
      if (tokenOf(row) === token && !objecting.includes(idOf(row))) byToken.push(idOf(row));
    }
    objecting.push(...byToken);
  }

  /** Of a project that was closed. */
  async function destroyedExtract(): Promise<string> {
    const project = await approveProject(client, 'The closed one');
    const folder = country.extract(POPULATION.registerId);
    const id = await submitExtract(client, POPULATION.custodian, project, folder);
    const path = `/api/projects/${project}/retention-decisions`;
    const { decisionId } = await client.post<{ decisionId: string }>(
      'board-data-protection', path, { kind: 'close', reason: 'the census is done' });
    await client.post('board-civil-society', `/api/retention-decisions/${decisionId}/approvals`);
    await client.poll<{ extracts: { state: string }[] }>('auditor', `/api/projects/${project}/retention`,
      ({ extracts: [extract] }) => extract.state === 'destroyed');
    return id;
  }

  async function sealedKey(): Promise<string> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    return Buffer.from(await encrypter.encrypt(`${'0f'.repeat(32)}\n`)).toString('base64');
  }

  async function call(
    person: string | undefined, method: string, { path, body, bytes, headers }: RouteCall,
  ): Promise<{ status: number; seen: Buffer; member: (name: string) => string | undefined; code?: string }> {
    const answer = await fetch(service.url + path, {
      method, headers: {
        ...(person ? { authorization: `Bearer ${await service.token(person)}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers,
      },
      ...(bytes ? { body: new Uint8Array(bytes) } : body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    const json = /json/.test(answer.headers.get('content-type') ?? '') && content.length > 0
      ? JSON.parse(content.toString()) as Record<string, string> : {};
    const head = [...answer.headers].map(([name, value]) => `${name}: ${value}\n`).join('');
    return {
      status: answer.status, code: json['code'], seen: Buffer.concat([Buffer.from(head), content]),
      member: (name) => json[name] ?? answer.headers.get(name) ?? undefined,
    };
  }

  it('marks are found in every form, wherever they stand', () => {
    expect(marks.count).toBeGreaterThan(1_000);
    const id = rowsOf(country, 'border-crossings').rows[5].subarray(0, 16);
    for (const text of [`x${id.toString('hex')}y`, id.toString('hex').toUpperCase(), `"${id.toString('base64')}"`,
      id.toString('base64url'), id.toString('latin1')]) {
      expect(marks.foundIn(Buffer.from(text, 'latin1'))).toBeDefined();
    }
    expect(marks.foundIn(Buffer.from('0'.repeat(500)))).toBeUndefined();
  });

  it('every route has a call, and every call a route of the document', () => {
    const routes = routesOf(service.service.application).map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(ROUTE_CALLS).sort()).toEqual([...routes].sort());
    const document = JSON.parse(readFileSync(join(process.cwd(), 'src/api-description/openapi.json'), 'utf8')) as {
      paths: Record<string, Record<string, object>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods)
      .map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`));
    expect(described.sort()).toEqual([...routes].sort());
    expect(PERSONS.slice(1).sort()).toEqual(DEVELOPMENT_PERSONS.map(({ id }) => id).sort());
  });

  it('no role finds a record id or a filter in any answer, header or log line', async () => {
    for (const [route, { call: callOf, makes, reachedWith }] of Object.entries(ROUTE_CALLS)) {
      const [method] = route.split(' ');
      const codes: (string | undefined)[] = [];
      let reached = false;
      for (const person of PERSONS) {
        const answer = await call(person, method, callOf(scene));
        expect([route, person, marks.foundIn(answer.seen)]).toEqual([route, person, undefined]);
        expect([route, person, answer.status]).not.toEqual([route, person, 500]);
        codes.push(answer.code);
        if (answer.status < 400 && makes) scene.made[makes[1]] ??= answer.member(makes[0])!;
        if (answer.status < 400 || reachedWith?.includes(answer.code ?? '')) reached = true;
      }
      // A call that nobody gets through shows nothing.
      expect([route, reached, codes]).toEqual([route, true, codes]);
    }
    const serverLog = readFileSync(join(service.home, 'postgres', 'server.log'));
    expect(serverLog.length).toBeGreaterThan(0);
    expect(marks.foundIn(serverLog)).toBeUndefined();
    expect(marks.foundIn(Buffer.from(logged))).toBeUndefined();
  }, 240_000);

  it('who objects is in no entity, and in no cohort', async () => {
    expect(run.state).toBe('done');
    const all = DEMO_REGISTERS.flatMap(({ registerId }) =>
      rowsOf(country, registerId).rows.map((row, number) => ({ registerId, number, id: idOf(row) })));
    const linked = await service.query<{ extract: string; row_no: number }>(
      'owner', 'SELECT extract, row_no FROM links.entity_record WHERE run = $1', [run.runId]);
    const register = new Map([...extracts].map(([registerId, id]) => [id, registerId]));
    const inEntity = new Set(linked.map(({ extract, row_no }) => `${register.get(extract)} ${row_no}`));
    for (const { registerId, number, id } of all) {
      expect([id, inEntity.has(`${registerId} ${number}`)]).toEqual([id, !objecting.includes(id)]);
    }
    expect(byToken.length).toBeGreaterThan(1);
    expect(objecting).toHaveLength(MANY_OBJECTIONS + FEW_OBJECTIONS + byToken.length);
  });

  it('how many object is shown with noise, and not at all where they are few', () => {
    const shown = new Map(run.objections?.map(({ registerId, records }) => [registerId, records]));
    expect([...shown.keys()].sort()).toEqual(DEMO_REGISTERS.map(({ registerId }) => registerId).sort());
    const { rows } = rowsOf(country, POPULATION.registerId);
    const many = rows.filter((row) => objecting.includes(idOf(row))).length;
    expect(many).toBeGreaterThan(MANY_OBJECTIONS);
    expect(Math.abs(shown.get('population-register')! - many)).toBeLessThanOrEqual(5);
    expect([shown.get('residence-permits'), shown.get('border-crossings')]).toEqual([null, null]);
  });

  it('a run says which delivery of each register it used', () => {
    expect(run.manifest?.inputs.map(({ version }) => version)).toEqual([1, 1, 1]);
  });
});
