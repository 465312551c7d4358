import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { submitExtract } from '../../src/demo/custodian.js';
import { approveProject, DEMO_REGISTERS, releaseCohort } from '../../src/demo/demo-project.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { ServiceProcess } from '../../src/demo/service-process.js';
import type { LinkageRunView } from '../../src/linkage-runs/run-view.js';
import {
  removeHome, startEmbeddedPostgres, type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { OidcProvider } from '../support/oidc.js';
import { RedisServer } from '../support/redis.js';
import { SmallCountry } from './small-country.js';

/** API and workers as processes of their own, on a real PostgreSQL, a real Redis and a real OIDC provider. */
describe('the cluster profile', () => {
  let country: SmallCountry;
  let home: string;
  let postgres: EmbeddedPostgres;
  let redis: RedisServer;
  let oidc: OidcProvider;
  let environment: Record<string, string>;
  let api: ServiceProcess;
  let keys: string;
  let client: ServiceClient;
  let project: string;
  let run: LinkageRunView;
  const started: ServiceProcess[] = [];

  beforeAll(async () => {
    country = await SmallCountry.create(3_000);
    home = mkdtempSync(join(tmpdir(), 'vinculum-cluster-'));
    [postgres, redis, oidc] = await Promise.all([
      startEmbeddedPostgres(home), RedisServer.start(), OidcProvider.start()]);
    const { user, password, database, host } = postgres.owner;
    environment = {
      VINCULUM_PROFILE: 'cluster', VINCULUM_HOST: '127.0.0.1', REDIS_URL: redis.url, OIDC_ISSUER: oidc.issuer,
      DATABASE_URL: `postgresql://${user}:${password}@localhost:5432/${database}?host=${encodeURIComponent(host)}`,
    };
    api = await ServiceProcess.start(environment);
    started.push(api);
    keys = join(api.home, 'keys');
    client = new ServiceClient(api.url, (person) => oidc.token(person));
    project = await approveProject(client, 'The cluster');
    for (const { registerId, custodian } of DEMO_REGISTERS) {
      await submitExtract(client, custodian, project, country.extract(registerId));
    }
  }, 240_000);

  afterAll(async () => {
    for (const process of started.reverse()) {
      await process.stop();
      process.remove();
    }
    await Promise.all([oidc.stop(), redis.stop(), postgres.stop()]);
    removeHome(home);
    country.remove();
  }, 240_000);

  async function startWorker(): Promise<ServiceProcess> {
    const worker = await ServiceProcess.startWorker(keys, environment);
    started.push(worker);
    return worker;
  }

  const ended = ({ state }: LinkageRunView): boolean => !['queued', 'running'].includes(state);

  it('trusts the OIDC provider and no development identity', async () => {
    const embedded = await ServiceProcess.start();
    started.push(embedded);
    expect(embedded.printed).toContain('UNSAFE');
    expect(api.printed).not.toContain('UNSAFE');
    const health = await (await fetch(`${embedded.url}/api/health`)).json() as { identity: { issuer: string } };
    const answer = await fetch(`${health.identity.issuer}/token?person=auditor`, { method: 'POST' });
    const { access_token: token } = await answer.json() as { access_token: string };
    const asked = await fetch(`${api.url}/api/projects`, { headers: { authorization: `Bearer ${token}` } });
    expect(asked.status).toBe(401);
    expect((await client.ask('auditor', 'GET', '/api/projects')).status).toBe(200);
  }, 240_000);

  it('a killed worker\'s run is done by another, once', async () => {
    const { runId } = await client.post<{ runId: string }>('operator', `/api/projects/${project}/linkage-runs`);
    const path = `/api/linkage-runs/${runId}`;
    expect((await client.get<LinkageRunView>('operator', path)).state).toBe('queued');
    const first = await startWorker();
    await client.poll<LinkageRunView>('operator', path, ({ progress }) => progress.stage === 'compare', 20);
    await first.stop('SIGKILL');
    expect((await client.get<LinkageRunView>('operator', path)).state).toBe('running');
    await startWorker();
    run = await client.poll<LinkageRunView>('operator', path, ended);
    expect(run).toMatchObject({ state: 'done', progress: { percentage: 100 } });
    const database = new Client(postgres.owner);
    await database.connect();
    const { rows } = await database.query<{ records: number }>(
      'SELECT count(*)::int AS records FROM links.entity_record WHERE run = $1', [runId]);
    await database.end();
    const records = DEMO_REGISTERS.map(({ registerId }) => country.manifest(registerId).records);
    expect(rows[0].records).toBe(records.reduce((sum, count) => sum + count, 0));
    const log = await client.text('auditor', '/api/audit-log/export');
    const completions = new RegExp(`"action":"linkage-run.complete".*"object":"linkage-run:${runId}"`, 'g');
    expect(log.match(completions)).toHaveLength(1);
  }, 240_000);

  it('finds the links that the embedded profile finds', async () => {
    const embedded = started.find(({ printed }) => printed.includes('UNSAFE'))!;
    const other = await ServiceClient.connect(embedded.url);
    const same = await approveProject(other, 'The same, embedded');
    for (const { registerId, custodian } of DEMO_REGISTERS) {
      await submitExtract(other, custodian, same, country.extract(registerId));
    }
    const { runId } = await other.post<{ runId: string }>('operator', `/api/projects/${same}/linkage-runs`);
    const there = await other.poll<LinkageRunView>('operator', `/api/linkage-runs/${runId}`, ended);
    expect(there.manifest?.linksDigest).toBe(run.manifest?.linksDigest);
    expect(there.estimated).toEqual(run.estimated);
  }, 240_000);

  it('workers tabulate cohorts too', async () => {
    const { homeCountry, referenceDate } = country.summary;
    const cohort = await releaseCohort(
      client, project, { definition: 'usual-residents-12m', homeCountry, referenceDate });
    expect(await client.text('statistician', `/api/releases/${cohort.releaseId}/table.csv`)).toContain('SEX,AGE');
  }, 240_000);
});
