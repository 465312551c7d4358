import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../platform/database/database-address.js';
import { removeHome } from '../platform/embedded-postgres/embedded-postgres.js';
import { packageRoot } from '../platform/settings/policy-document.js';

const START_TIMEOUT_MS = 90_000;
const LISTENS = /listens on (http:\S+)/;

/** As everything starts the service: 16 MB, V8's own figure, cost some 40 MB of memory more. */
export const NODE_OPTIONS_OF_SERVICE: readonly string[] = ['--max-semi-space-size=4'];
/** As the image has it: an arena for each thread that allocates costs as much again. */
export const ENVIRONMENT_OF_SERVICE: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' };

type Program = 'main' | 'worker';

/** A process of the built service, with a folder of its own. What it prints is kept for a failure. */
export class ServiceProcess {
  private output = '';

  private constructor(
    /** VINCULUM_HOME. */
    readonly home: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.output += text.toString();
      });
    }
  }

  /** Where it listens, once started. */
  url = '';

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** All that it has printed. */
  get printed(): string {
    return this.output;
  }

  /** Starts the API on a free port; resolves when it listens. A home that is given is kept by `remove`. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const home = mkdtempSync(join(tmpdir(), 'vinculum-home-'));
    const service = ServiceProcess.spawn('main', home, environment);
    try {
      service.url = await service.waitFor(LISTENS);
      return service;
    } catch (error) {
      await service.stop();
      service.remove();
      throw error;
    }
  }

  /** Starts a worker beside an API, with the same keys. */
  static async startWorker(
    keys: string, environment: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess> {
    const home = mkdtempSync(join(tmpdir(), 'vinculum-worker-'));
    const worker = ServiceProcess.spawn('worker', home, { VINCULUM_KEYS: keys, ...environment });
    await worker.waitFor(/takes jobs/);
    return worker;
  }

  private static spawn(
    program: Program, home: string, environment: Readonly<Record<string, string>>,
  ): ServiceProcess {
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^VINCULUM_|_URL$|^OIDC_/.test(name)));
    const file = join(packageRoot(), 'dist', 'src', `${program}.js`);
    const child = spawn(process.execPath, [...NODE_OPTIONS_OF_SERVICE, file], {
      // In a group of its own: Ctrl-C reaches us alone, and we end it in order.
      detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: packageRoot(),
      env: { ...ENVIRONMENT_OF_SERVICE, ...own, VINCULUM_HOME: home, VINCULUM_PORT: '0', ...environment },
    });
    return new ServiceProcess(home, child);
  }

  /** Ends it as a service manager does, and waits until it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.hasExited()) return;
    const exited = new Promise<void>((done) => this.child.once('exit', () => done()));
    this.child.kill(signal);
    await exited;
  }

  /** Removes its folder with all data. */
  remove(): void {
    removeHome(this.home);
  }

  get ownDatabase(): DatabaseAddress {
    return ownDatabaseOf(this.home);
  }

  private hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private waitFor(pattern: RegExp): Promise<string> {
    return new Promise((done, fail) => {
      const refuse = (why: string): void => fail(new Error(`the service ${why}:\n${this.output}`));
      const timer = setTimeout(() => refuse('does not answer'), START_TIMEOUT_MS);
      const look = (): void => {
        const match = pattern.exec(this.output);
        if (!match) return;
        clearTimeout(timer);
        done(match[1] ?? '');
      };
      this.child.stdout?.on('data', look);
      this.child.once('exit', () => refuse('ended at once'));
      this.child.once('error', (error) => refuse(error.message));
      look();
    });
  }
}

/** The embedded database as its superuser: for whoever owns the machine, and for nobody else. */
export function ownDatabaseOf(home: string): DatabaseAddress {
  // Fifth line of postmaster.pid: the socket's folder.
  const socketFolder = readFileSync(postmasterFile(home), 'utf8').split('\n')[4];
  const password = readFileSync(join(home, 'postgres.password'), 'utf8');
  return { host: socketFolder, port: 5432, database: 'vinculum', user: 'postgres', password };
}

/** `postmaster.pid` of the embedded server; its first line is the process. */
export function postmasterFile(home: string): string {
  return join(realpathSync(join(home, 'postgres')), 'data', 'postmaster.pid');
}
