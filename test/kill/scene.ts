import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approveProject } from '../../src/demo/demo-project.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { postmasterFile } from '../../src/demo/service-process.js';
import { removeHome } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { packageRoot } from '../../src/platform/settings/policy-document.js';
import { ServiceProgram } from '../support/program.js';
import type { Victim } from './kill-plan.js';
import { DatabaseWatch } from './database-watch.js';
import { KillProxy } from './kill-proxy.js';

const CUSTODIAN = 'custodian-population';

/** The built service on a folder of its own, the custodian's command line, and what stands between them. */
export class Scene {
  readonly home = mkdtempSync(join(tmpdir(), 'vinculum-kill-home-'));
  readonly folder = mkdtempSync(join(tmpdir(), 'vinculum-kill-'));
  readonly watch = new DatabaseWatch(this.home);
  private readonly tokenFile = join(this.folder, 'token');
  private service: ServiceProgram | undefined;
  private client: ChildProcess | undefined;
  private project = '';

  private constructor(readonly proxy: KillProxy) {}

  static async open(): Promise<Scene> {
    const scene = new Scene(await KillProxy.start());
    const client = await scene.startService();
    scene.project = await approveProject(client, 'Killed again and again');
    return scene;
  }

  /** The development identity provider has new keys after each start, so the custodian gets a new token. */
  async startService(): Promise<ServiceClient> {
    this.service = ServiceProgram.start('main', this.home);
    const [, url] = await this.service.until(/listens on (http:\S+)/);
    const health = await (await fetch(`${url}/api/health`)).json() as { identity: { issuer: string } };
    const answer = await fetch(`${health.identity.issuer}/token?person=${CUSTODIAN}`, { method: 'POST' });
    writeFileSync(this.tokenFile, (await answer.json() as { access_token: string }).access_token);
    this.proxy.pointTo(url);
    return ServiceClient.connect(url);
  }

  /** `vinculum submit` as a process of its own; its exit code, null where it was killed. */
  submit(extract: string): Promise<number | null> {
    this.client = spawn(process.execPath, [
      join(packageRoot(), 'dist', 'src', 'cli.js'), 'submit', extract, '--url', this.proxy.url,
      '--project', this.project, '--token-file', this.tokenFile, '--parallel', '2',
    ], { stdio: 'ignore' });
    return new Promise((done) => this.client!.once('exit', (code) => done(code)));
  }

  kill(victim: Victim): void {
    if (victim === 'client') this.client?.kill('SIGKILL');
    else if (victim === 'service') this.service!.child.kill('SIGKILL');
    else process.kill(Number(readFileSync(postmasterFile(this.home), 'utf8').split('\n', 1)[0]), 'SIGKILL');
  }

  /** After a kill: what died is started again, as its operator would. */
  async recover(victim: Victim): Promise<void> {
    if (victim === 'client') return;
    // A service whose database was killed ends by itself.
    await this.service!.ended();
    await this.startService();
  }

  async close(): Promise<void> {
    this.proxy.close();
    this.client?.kill('SIGKILL');
    await this.service?.kill('SIGTERM');
    removeHome(this.home);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
