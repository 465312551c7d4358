import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  removeHome, startEmbeddedPostgres, type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { startDevelopmentIdentityProvider } from '../../src/platform/identity/development-identity-provider.js';
import { OidcProvider } from '../support/oidc.js';
import { PROJECT } from '../support/projects.js';
import { ServiceProgram } from '../support/program.js';
import { RedisServer } from '../support/redis.js';

/** The built API and worker as separate processes on a real PostgreSQL, Redis and OpenID Connect provider. */
describe('the cluster start', () => {
  const home = mkdtempSync(join(tmpdir(), 'vinculum-cluster-'));
  let postgres: EmbeddedPostgres;
  let redis: RedisServer;
  let provider: OidcProvider;
  let environment: Record<string, string>;
  let url: string;
  const programs: ServiceProgram[] = [];

  beforeAll(async () => {
    [postgres, redis, provider] = await Promise.all([
      startEmbeddedPostgres(join(home, 'database')), RedisServer.start(), OidcProvider.start(),
    ]);
    const { user, password, database, host } = postgres.owner;
    environment = {
      VINCULUM_PROFILE: 'cluster', VINCULUM_HOST: '127.0.0.1', REDIS_URL: redis.url, OIDC_ISSUER: provider.issuer,
      DATABASE_URL: `postgresql://${user}:${password}@localhost/${database}?host=${encodeURIComponent(host)}`,
    };
    url = (await start('main').until(/listens on (http:\/\/\S+)/))[1];
  });
  afterAll(async () => {
    for (const program of programs) await program.kill('SIGTERM');
    await Promise.all([provider.stop(), redis.stop()]);
    await postgres.stop();
    removeHome(join(home, 'database'));
    removeHome(home);
  });

  function start(entry: 'main' | 'worker', change: Record<string, string> = {}): ServiceProgram {
    const program = ServiceProgram.start(entry, home, { ...environment, ...change });
    programs.push(program);
    return program;
  }
  const request = async (
    token: string, path: string, body?: object,
  ): Promise<{ status: number; body: { code?: string } }> => {
    const answer = await fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: await answer.json() as { code?: string } };
  };

  it('serves people of the OpenID Connect provider, and says which one', async () => {
    const health = await (await fetch(`${url}/api/health`)).json();
    expect(health).toEqual({
      status: 'ok', profile: 'cluster', identity: { issuer: provider.issuer, audience: 'vinculum', development: false },
    });
    expect(programs[0].output).not.toContain('UNSAFE');
    const created = await request(await provider.token('statistician'), '/api/projects', PROJECT);
    expect(created).toMatchObject({ status: 201, body: { state: 'draft', requester: 'statistician' } });
    expect((await request(await provider.token('enforcement-officer'), '/api/projects')).body.code)
      .toBe('ENFORCEMENT_HOLDS_NO_ROLE');
  });

  it('refuses development identities', async () => {
    const development = await startDevelopmentIdentityProvider('vinculum');
    const answer = await fetch(`${development.issuer}/token?person=auditor`, { method: 'POST' });
    const { access_token: token } = await answer.json() as { access_token: string };
    expect(await request(token, '/api/session')).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    await development.close();
  });

  it('runs workers beside the API, which end at SIGTERM', async () => {
    const worker = start('worker');
    await worker.until(/takes jobs/);
    expect(await worker.kill('SIGTERM')).toBe(0);
  });

  it('lets no worker start without the API\'s keys, nor in the embedded profile', async () => {
    const empty = join(home, 'empty');
    mkdirSync(empty);
    const keyless = start('worker', { VINCULUM_KEYS: empty });
    expect(await keyless.ended()).toBe(2);
    expect(keyless.output).toContain('MASTER_KEY_MISSING');
    const embedded = ServiceProgram.start('worker', home);
    expect(await embedded.ended()).toBe(2);
    expect(embedded.output).toContain('VINCULUM_PROFILE=cluster');
  });

  it('a second API on the same database migrates nothing and serves the same log', async () => {
    const second = start('main');
    const other = (await second.until(/listens on (http:\/\/\S+)/))[1];
    const key = async (base: string): Promise<string> => (await fetch(`${base}/api/audit-log/key`)).text();
    expect(await key(other)).toBe(await key(url));
  });

  it('is not healthy while Redis is away', async () => {
    await redis.stop();
    const answer = await fetch(`${url}/api/health`);
    expect([answer.status, (await answer.json() as { code: string }).code]).toEqual([503, 'QUEUE_UNAVAILABLE']);
  });
});
