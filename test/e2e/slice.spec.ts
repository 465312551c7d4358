import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import request from 'supertest';
import { readSdmxCsv } from '#libs/disseminate';
import { submitExtract } from '../../src/demo/custodian.js';
import { approveProject, DEMO_REGISTERS, releaseCohort, type Cohort } from '../../src/demo/demo-project.js';
import { alterLeaf, loggedEvents, verifyLog, type LoggedEvent } from '../../src/demo/exported-log.js';
import { tryForbiddenThings } from '../../src/demo/forbidden-things.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { ServiceProcess } from '../../src/demo/service-process.js';
import { compareWithTruth, type SubmittedExtract } from '../../src/demo/truth-comparison.js';
import type { LinkageRunView } from '../../src/linkage-runs/run-view.js';
import type { ReleaseView } from '../../src/releases/releases.service.js';
import { SmallCountry } from './small-country.js';

/** The built service as a process of its own, asked over HTTP from the first extract to the verified log. */
describe('from three registers to a protected table', () => {
  let country: SmallCountry;
  let service: ServiceProcess;
  let client: ServiceClient;
  let project: string;
  let extracts: SubmittedExtract[];
  let run: LinkageRunView;
  let cohort: Cohort;

  beforeAll(async () => {
    country = await SmallCountry.create(1_000);
    service = await ServiceProcess.start();
    client = await ServiceClient.connect(service.url);
    project = await approveProject(client, 'The slice');
  }, 240_000);

  afterAll(async () => {
    await service.stop();
    service.remove();
    country.remove();
  });

  const startedRun = (): Promise<{ runId: string }> =>
    client.post('operator', `/api/projects/${project}/linkage-runs`);
  const endedRun = (id: string): Promise<LinkageRunView> => client.poll<LinkageRunView>(
    'operator', `/api/linkage-runs/${id}`, ({ state }) => !['queued', 'running'].includes(state));

  it('links only when every register has delivered', async () => {
    const early = await client.ask('operator', 'POST', `/api/projects/${project}/linkage-runs`, {});
    expect([early.status, early.code]).toEqual([409, 'EXTRACTS_MISSING']);
    extracts = [];
    for (const { registerId, custodian } of DEMO_REGISTERS) {
      if (extracts.length === 2) {
        const missing = await client.ask('operator', 'POST', `/api/projects/${project}/linkage-runs`, {});
        expect([missing.status, missing.code]).toEqual([409, 'EXTRACTS_MISSING']);
        expect(missing.text).toContain('border-crossings');
      }
      const folder = country.extract(registerId);
      const extractId = await submitExtract(client, custodian, project, folder);
      extracts.push({ registerId, folder, extractId });
    }
  });

  it('links as a job, and a second run of the same inputs finds the same links', async () => {
    const digests: (string | undefined)[] = [];
    for (let round = 0; round < 2; round++) {
      const { runId } = await startedRun();
      const second = await client.ask('operator', 'POST', `/api/projects/${project}/linkage-runs`, {});
      expect([second.status, second.code]).toEqual([409, 'RUN_ACTIVE']);
      run = await endedRun(runId);
      expect(run).toMatchObject({ state: 'done', progress: { percentage: 100 } });
      digests.push(run.manifest?.linksDigest);
    }
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    const { measured, entities } = await compareWithTruth(
      service.ownDatabase, run.runId, extracts, join(country.folder, 'country'), country.secret);
    expect(measured.f1).toBeGreaterThan(0.9);
    const records = DEMO_REGISTERS.map(({ registerId }) => country.manifest(registerId).records);
    expect(entities).toBeLessThan(records.reduce((sum, count) => sum + count, 0));
    expect(entities).toBeGreaterThanOrEqual(Math.max(...records));
  }, 240_000);

  it('a run can be cancelled, and leaves no link', async () => {
    const { runId } = await startedRun();
    await client.poll<LinkageRunView>('operator', `/api/linkage-runs/${runId}`, ({ state }) => state === 'running', 20);
    const cancelled = await client.post<LinkageRunView>('operator', `/api/linkage-runs/${runId}/cancel`);
    expect(cancelled.state).toBe('cancelled');
    // The next run can only be done once the thread of the cancelled one has let go.
    const next = await startedRun();
    expect((await endedRun(next.runId)).state).toBe('done');
    expect((await endedRun(runId)).state).toBe('cancelled');
    const database = new Client(service.ownDatabase);
    await database.connect();
    const { rows } = await database.query('SELECT count(*)::int AS n FROM links.entity_record WHERE run = $1', [runId]);
    await database.end();
    expect(rows).toEqual([{ n: 0 }]);
  }, 240_000);

  it('shows a run without a link, a score or the id of a record', async () => {
    const { text } = await client.ask('operator', 'GET', `/api/linkage-runs/${run.runId}`);
    expect(text).not.toMatch(/entity|probability|threshold|weight/i);
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([
      'createdAt', 'endedAt', 'estimated', 'manifest', 'objections', 'progress', 'project', 'runId', 'startedAt',
      'state']);
    const { precisionInterval, recallInterval, warnings } = run.estimated!;
    for (const { lower, upper } of [precisionInterval, recallInterval]) {
      expect(upper).toBeGreaterThan(lower);
      expect(lower).toBeGreaterThan(0.5);
    }
    expect(warnings).toEqual([]);
  });

  it('releases a cohort that two people approved, protected, as CSV and SDMX-CSV', async () => {
    const { homeCountry, referenceDate } = country.summary;
    cohort = await releaseCohort(client, project, { definition: 'usual-residents-12m', homeCountry, referenceDate });
    const path = `/api/releases/${cohort.releaseId}`;
    const release = await client.get<ReleaseView>('statistician', path);
    expect(release).toMatchObject({ cells: 600, timePeriod: referenceDate, referenceArea: homeCountry });
    expect(release.suppressed).toBeGreaterThan(0);
    const sdmx = readSdmxCsv(await client.text('statistician', `${path}/table.sdmx.csv`));
    expect(sdmx.observations).toHaveLength(600);
    const values = sdmx.observations.map((row) => Number(row[sdmx.components.indexOf('OBS_VALUE')]));
    const published = values.filter((value) => !Number.isNaN(value) && value > 0);
    expect(values.filter(Number.isNaN)).toHaveLength(release.suppressed);
    expect(Math.min(...published)).toBeGreaterThanOrEqual(release.policy.minimumCount);
    const csv = await client.text('statistician', `${path}/table.csv`);
    expect(csv.split('\r\n')[0]).toBe('SEX,AGE,CITIZENSHIP_GRP,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS');
    const decisions = await client.text('board-methodology', `${path}/decisions`);
    for (const text of [csv, decisions, JSON.stringify(release)]) {
      expect(text).not.toMatch(/cellKey|"count"|noise/);
    }
  }, 240_000);

  it('the same request gives the same figures: repeating it averages no noise away', async () => {
    const { homeCountry, referenceDate } = country.summary;
    const again = await releaseCohort(client, project, { definition: 'usual-residents-12m', homeCountry, referenceDate });
    const [first, second] = await Promise.all([cohort, again].map(({ releaseId }) =>
      client.text('statistician', `/api/releases/${releaseId}/table.csv`)));
    expect(second).toBe(first);
  }, 240_000);

  it('a cohort of what nobody observed, or that nobody defined, is refused', async () => {
    const path = `/api/projects/${project}/cohorts`;
    const { homeCountry } = country.summary;
    const late = await client.ask('statistician', 'POST', path, {
      definition: 'usual-residents-12m', homeCountry, referenceDate: '2026-06-30', observedUntil: '2026-06-30' });
    expect([late.status, late.code]).toEqual([422, 'OBSERVED_TOO_FAR']);
    const unknown = await client.ask('statistician', 'POST', path, { definition: 'everything', homeCountry });
    expect([unknown.status, unknown.code]).toEqual([422, 'COHORT_DEFINITION_UNKNOWN']);
    const open = await client.ask('statistician', 'POST', path, { definition: 'usual-residents-12m', homeCountry });
    expect([open.status, open.code]).toEqual([422, 'COHORT_DEFINITION_INVALID']);
  });

  it('a rejected cohort stays rejected, with the reason', async () => {
    const { homeCountry, referenceDate } = country.summary;
    const { cohortId } = await client.post<Cohort>('statistician', `/api/projects/${project}/cohorts`, {
      definition: 'usual-residents-12m', homeCountry, referenceDate });
    const path = `/api/cohorts/${cohortId}`;
    const early = await client.ask('board-methodology', 'POST', `${path}/approvals`, { reason: 'a draft' });
    expect([early.status, early.code]).toEqual([409, 'COHORT_STATE']);
    await client.post('statistician', `${path}/submit`);
    const rejected = await client.post<Cohort>('board-civil-society', `${path}/rejections`, { reason: 'cells too fine' });
    expect(rejected).toMatchObject({ state: 'refused', reasons: ['cells too fine'] });
    const late = await client.ask('board-methodology', 'POST', `${path}/approvals`, { reason: 'too late' });
    expect([late.status, late.code]).toEqual([409, 'COHORT_STATE']);
  });

  it('what is forbidden is refused, and each refusal is a leaf of the log', async () => {
    const forbidden = await tryForbiddenThings(client, {
      project, run: run.runId, cohort: cohort.cohortId, homeCountry: country.summary.homeCountry });
    await request(service.url).get('/api/projects').expect(401).expect('content-type', /problem\+json/);
    const refused = (await exportedLog()).events.filter(({ outcome }) => outcome === 'refused');
    expect(refused.slice(-forbidden.length - 1).map(({ details }) => details?.reason))
      .toEqual([...forbidden.map(({ code }) => code), 'TOKEN_MISSING']);
    expect(forbidden.find(({ what }) => what === 'a custodian asks for the links')).toMatchObject({ status: 403 });
    expect(forbidden.find(({ what }) => what === 'the same person approves twice')).toMatchObject({ status: 409 });
  });

  it('anybody may read the register of approved uses, and finds no figure about people in it', async () => {
    const uses = await request(service.url).get('/api/register-of-uses').expect(200);
    expect(uses.body).toEqual([{
      title: 'The slice', custodians: ['borders-agency', 'permits-agency', 'population-agency'],
      registers: ['border-crossings', 'population-register', 'residence-permits'],
      purpose: 'dpv:ProvideOfficialStatistics', legalBasis: expect.any(String), state: 'linked',
      approvedAt: expect.any(String), retentionDays: 90,
      linkageQuality: { precision: run.estimated?.precision, recall: run.estimated?.recall },
    }]);
  });

  it('the exported log verifies offline; with one byte changed it does not, and the leaf is named', async () => {
    const { file, key, events } = await exportedLog();
    expect(verifyLog(file, key)).toMatchObject({ verified: true });
    const { seq } = events.find(({ action }) => action === 'extract.seal')!;
    alterLeaf(file, `${file}.altered`, seq);
    const verify = spawnSync(process.execPath, [
      join(process.cwd(), 'dist', 'src', 'cli.js'), 'audit', 'verify', `${file}.altered`, '--key', key, '--json',
    ], { encoding: 'utf8' });
    expect(verify.status).toBe(1);
    const report = JSON.parse(verify.stdout.trim().split('\n').at(-1) ?? '') as { findings: object[] };
    expect(report.findings).toContainEqual(expect.objectContaining({ leaf: seq, code: 'EVENT_ALTERED' }));
  });

  async function exportedLog(): Promise<{ file: string; key: string; events: LoggedEvent[] }> {
    const file = join(country.folder, 'audit-log.vinculum');
    writeFileSync(file, await client.text('auditor', '/api/audit-log/export'));
    const key = (await client.text(undefined, '/api/audit-log/key')).trim();
    return { file, key, events: loggedEvents(file) };
  }
});
