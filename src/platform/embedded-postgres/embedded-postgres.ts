import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { VinculumError } from '#libs/record';
import type { DatabaseAddress } from '../database/database-address.js';
import { initialise, postgresFolder, serverEnvironment, superuserPassword } from './data-folder.js';
import { nativeBinaries } from './native-binaries.js';
import { clearAbandonedServer, stopServer } from './postmaster.js';
import { isTraversable, serverAccount, type ServerAccount } from './server-account.js';

export { removeHome } from './data-folder.js';

export interface EmbeddedPostgres {
  /** The database `vinculum`, with the login that owns it and may create roles, but is no superuser. */
  readonly owner: DatabaseAddress;
  /** What an earlier, killed start had left behind and was put right. */
  readonly recovered: string | undefined;
  /** Resolves with what happened when the server ends without being asked to. */
  readonly lost: Promise<string>;
  /** Fast shutdown; resolves when the server is gone. */
  stop(): Promise<void>;
}

const OWNER = 'vinculum_owner';
const DATABASE = 'vinculum';
const START_TIMEOUT_MS = 60_000;
/** A socket's path may have about 104 bytes; the file name takes 14. */
const LONGEST_SOCKET_FOLDER = 80;

/**
 * Starts a real PostgreSQL on a folder of our own: no TCP, a unix socket in a short temporary folder,
 * scram passwords. The caller holds the lock of `home` (one service a folder).
 */
export async function startEmbeddedPostgres(home: string): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const binaries = nativeBinaries(account);
  const folder = postgresFolder(home, account);
  const password = superuserPassword(home);
  const data = initialise(binaries, folder, password, account);
  const recovered = await clearAbandonedServer(data);
  const socketFolder = makeSocketFolder(account);
  const log = join(folder, 'server.log');
  const server = launch(binaries.postgres, data, socketFolder, log, account);
  const superuser: DatabaseAddress = {
    host: socketFolder, port: 5432, database: 'postgres', user: 'postgres', password,
  };
  try {
    await waitUntilReady(superuser, server, log);
    const owner = await ensureOwner(superuser);
    let asked = false;
    const lost = new Promise<string>((tell) => {
      server.once('exit', () => {
        if (!asked) tell(`PostgreSQL ${server.pid} ended unasked; its log is ${log}. Start again: it recovers`);
      });
    });
    return {
      owner, recovered, lost,
      stop: () => {
        asked = true;
        return stop(server, socketFolder);
      },
    };
  } catch (error) {
    await stop(server, socketFolder);
    throw error;
  }
}

function makeSocketFolder(account: ServerAccount | undefined): string {
  const temporary = tmpdir();
  const usable = temporary.length <= LONGEST_SOCKET_FOLDER && (!account || isTraversable(temporary, account));
  const folder = mkdtempSync(join(usable ? temporary : '/tmp', 'vinculum-'));
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** In a session of its own, so that Ctrl-C reaches only us: we end our work first, then the server. */
function launch(
  binary: string, data: string, socketFolder: string, log: string, account: ServerAccount | undefined,
): ChildProcess {
  const output = openSync(log, 'w', 0o600);
  const settings = {
    listen_addresses: '', unix_socket_directories: socketFolder, unix_socket_permissions: '0700',
    max_connections: '100', shared_buffers: '256MB', max_wal_size: '4GB', timezone: 'UTC', log_timezone: 'UTC',
    // No statement and no DETAIL line in the server's log: they would carry record content.
    log_min_error_statement: 'panic', log_error_verbosity: 'terse',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(binary, ['-D', data, ...options], {
    detached: true, stdio: ['ignore', output, output], env: serverEnvironment(), cwd: '/', ...account,
  });
  closeSync(output);
  server.on('error', () => undefined); // Reported by waitUntilReady, which sees the exit.
  return server;
}

async function waitUntilReady(superuser: DatabaseAddress, server: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (hasExited(server)) throw startFailed('it ended at once', log);
    const failure = await tryConnect(superuser);
    if (!failure) return;
    if ((failure as { code?: string }).code === '28P01') {
      throw new VinculumError('POSTGRES_PASSWORD_LOST',
        'postgres.password does not fit the data beside it. Restore it, or remove the whole home folder');
    }
    if (Date.now() > deadline) throw startFailed(`no connection after ${START_TIMEOUT_MS / 1000} s`, log);
    await new Promise((done) => setTimeout(done, 25));
  }
}

async function tryConnect(address: DatabaseAddress): Promise<unknown> {
  const client = new Client(address);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function startFailed(how: string, log: string): VinculumError {
  const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n');
  return new VinculumError('POSTGRES_START_FAILED', `PostgreSQL did not start: ${how}. The end of ${log}:\n${tail}`);
}

/**
 * The owner is what DATABASE_URL is in a cluster: it may create roles and is no superuser, so that the
 * migrations prove themselves with the same rights. Its password lives as long as this start.
 */
async function ensureOwner(superuser: DatabaseAddress): Promise<DatabaseAddress> {
  const client = new Client(superuser);
  await client.connect();
  try {
    const password = randomBytes(24).toString('base64url');
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER]);
    if (role.rowCount === 0) await client.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE`);
    await client.query(`ALTER ROLE ${OWNER} PASSWORD ${client.escapeLiteral(password)}`);
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
    return { ...superuser, database: DATABASE, user: OWNER, password };
  } finally {
    await client.end();
  }
}

async function stop(server: ChildProcess, socketFolder: string): Promise<void> {
  if (!hasExited(server) && server.pid !== undefined) await stopServer(server.pid);
  rmSync(socketFolder, { recursive: true, force: true });
}

function hasExited(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null || server.pid === undefined;
}
