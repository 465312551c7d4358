import {
  chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processCommand, processIdentity } from '../../src/platform/home/process-identity.js';
import { removeHome } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { ServiceProgram } from '../support/program.js';

/**
 * The built program (`npm run build`) on a real folder: what an operator, or a power cut, does to it. One
 * folder for all: whatever one test does to it, the next start must cope with.
 */
describe('the embedded start', () => {
  let home = mkdtempSync(join(tmpdir(), 'vinculum-start-'));
  const programs: ServiceProgram[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill('SIGTERM');
  });
  afterAll(() => {
    const server = postmaster();
    if (server !== undefined && processIdentity(server)) process.kill(server, 'SIGQUIT');
    removeHome(home);
  });

  function start(environment: Record<string, string> = {}): ServiceProgram {
    const program = ServiceProgram.start('main', home, environment);
    programs.push(program);
    return program;
  }
  async function listening(program: ServiceProgram): Promise<string> {
    return (await program.until(/listens on (http:\/\/\S+)/))[1];
  }
  const pidFile = (): string => join(home, 'postgres', 'data', 'postmaster.pid');
  function postmaster(): number | undefined {
    return existsSync(pidFile()) ? Number(readFileSync(pidFile(), 'utf8').split('\n')[0]) : undefined;
  }
  async function gone(pid: number): Promise<boolean> {
    for (let tries = 0; tries < 250 && processIdentity(pid); tries++) {
      await new Promise((done) => setTimeout(done, 20));
    }
    return !processIdentity(pid);
  }
  async function serviceStarts(url: string): Promise<number> {
    const issuer = (await (await fetch(`${url}/api/health`)).json() as { identity: { issuer: string } }).identity.issuer;
    const token = await (await fetch(`${issuer}/token?person=auditor`, { method: 'POST' })).json() as { access_token: string };
    const log = await fetch(`${url}/api/audit-log/export`, { headers: { authorization: `Bearer ${token.access_token}` } });
    return (await log.text()).match(/"action":"service.start"/g)?.length ?? 0;
  }

  it('announces unsafe identities, keeps secrets to itself, ends cleanly, and starts again on the same data', async () => {
    const first = start();
    expect(await serviceStarts(await listening(first))).toBe(1);
    expect(first.output).toContain('UNSAFE: development identities');
    for (const secret of ['keys/master.key', 'keys/audit-log.key', 'postgres.password']) {
      expect(statSync(join(home, secret)).mode & 0o777).toBe(0o600);
    }
    const server = postmaster()!;
    expect(await first.kill('SIGINT')).toBe(0);
    expect(processIdentity(server)).toBeUndefined();
    expect([existsSync(pidFile()), existsSync(join(home, 'service.lock'))]).toEqual([false, false]);
    const second = start();
    expect(await serviceStarts(await listening(second))).toBe(2);
    expect(second.output).not.toContain('recovered');
  });

  it('after SIGKILL of the service: stops the server that was left running, and loses nothing', async () => {
    const first = start();
    const starts = await serviceStarts(await listening(first));
    const orphan = postmaster()!;
    expect(await first.kill('SIGKILL')).toBe('SIGKILL');
    expect(processCommand(orphan)).toContain('postgres');
    const second = start();
    expect(await serviceStarts(await listening(second))).toBe(starts + 1);
    expect(second.output).toContain(`stopped PostgreSQL ${orphan}`);
    expect(processIdentity(orphan)).toBeUndefined();
  });

  it('after SIGKILL of service and server (a power cut): recovers from the stale postmaster.pid', async () => {
    const first = start();
    const starts = await serviceStarts(await listening(first));
    const server = postmaster()!;
    await first.kill('SIGKILL');
    process.kill(server, 'SIGKILL');
    expect(await gone(server)).toBe(true);
    // By now the number may belong to somebody else: to this test, for one.
    const lines = readFileSync(pidFile(), 'utf8').split('\n');
    writeFileSync(pidFile(), [String(process.pid), ...lines.slice(1)].join('\n'));
    const second = start();
    expect(await serviceStarts(await listening(second))).toBe(starts + 1);
    expect(second.output).toContain('removed a stale postmaster.pid');
  });

  it('ends, and says so, when the server is killed under it; the next start recovers', async () => {
    const first = start();
    const starts = await serviceStarts(await listening(first));
    const server = postmaster()!;
    process.kill(server, 'SIGKILL');
    expect(await first.ended()).toBe(1);
    expect(first.output).toContain(`PostgreSQL ${server} ended unasked`);
    expect(await serviceStarts(await listening(start()))).toBe(starts + 1);
  });

  it('a signal during the start leaves nothing half open', async () => {
    const program = start();
    while (postmaster() === undefined) await new Promise((done) => setTimeout(done, 5));
    const server = postmaster()!;
    expect(await program.kill('SIGINT')).toBe(0);
    expect([processIdentity(server), existsSync(pidFile())]).toEqual([undefined, false]);
  });

  it('refuses a second start on the same folder, names the process, and leaves the first alone', async () => {
    const first = start();
    const url = await listening(first);
    const second = start();
    expect(await second.ended()).toBe(2);
    expect(second.output).toContain(`ALREADY_RUNNING: process ${first.child.pid} already serves ${home}`);
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
  });

  it('of several starts at once exactly one serves', async () => {
    const racers = [start(), start(), start()];
    const endings = await Promise.all(racers.map((racer) =>
      Promise.race([racer.ended(), listening(racer).catch(() => 2)])));
    expect(endings.filter((ending) => ending === 2)).toHaveLength(2);
  });

  it('takes over a lock whose process is gone, even if its number lives on', async () => {
    writeFileSync(join(home, 'service.lock'), JSON.stringify({ pid: process.pid, identity: `${process.pid} 1` }));
    await listening(start());
  });

  it('names a busy port, ends with 2, and leaves no server behind', async () => {
    const busy = await new Promise<Server>((done) => {
      const server = createServer().listen(0, '127.0.0.1', () => done(server));
    });
    const { port } = busy.address() as { port: number };
    const program = start({ VINCULUM_PORT: String(port) });
    expect(await program.ended()).toBe(2);
    expect(program.output).toContain(`PORT_BUSY: port ${port}`);
    expect(postmaster()).toBeUndefined();
    busy.close();
  });

  it('ends with 2 and says what to do when the password file no longer fits the data', async () => {
    const first = start();
    await listening(first);
    await first.kill('SIGTERM');
    const password = readFileSync(join(home, 'postgres.password'));
    writeFileSync(join(home, 'postgres.password'), 'another');
    const second = start();
    expect(await second.ended()).toBe(2);
    expect(second.output).toContain('POSTGRES_PASSWORD_LOST');
    writeFileSync(join(home, 'postgres.password'), password);
  });

  it('refuses a master key that others may read', async () => {
    const keys = join(home, 'open-keys');
    mkdirSync(keys);
    writeFileSync(join(keys, 'master.key'), Buffer.alloc(32, 7), { mode: 0o644 });
    const program = start({ VINCULUM_KEYS: keys });
    expect(await program.ended()).toBe(2);
    expect(program.output).toContain('KEY_FILE_OPEN');
    expect(postmaster()).toBeUndefined();
  });

  it('ends with 2 and names every setting that is wrong', async () => {
    const program = start({ VINCULUM_PROFILE: 'cloud', VINCULUM_PORT: '70000' });
    expect(await program.ended()).toBe(2);
    expect(program.output).toMatch(/SETTINGS_INVALID: VINCULUM_PROFILE.*; VINCULUM_PORT/);
  });

  it('works in a folder that nobody else may enter, for root too', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'vinculum-closed-'));
    chmodSync(closed, 0o700);
    const outer = home;
    home = join(closed, 'inner', '.vinculum');
    try {
      const program = start();
      expect(await serviceStarts(await listening(program))).toBe(1);
      // PostgreSQL does not run as root, and its own user may not pass the folder.
      const root = process.getuid?.() === 0;
      expect(realpathSync(join(home, 'postgres')).startsWith('/var/lib/vinculum/data-')).toBe(root);
      await program.kill('SIGTERM');
    } finally {
      removeHome(home);
      rmSync(closed, { recursive: true, force: true });
      home = outer;
    }
  });
});
