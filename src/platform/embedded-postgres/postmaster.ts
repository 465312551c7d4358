import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VinculumError } from '#libs/record';
import { processCommand, processIdentity } from '../home/process-identity.js';

const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

/**
 * Clears what a killed parent left behind in a data folder: stops a server that still runs on it, or
 * removes a stale `postmaster.pid` (its number may belong to someone else by now, and PostgreSQL would
 * then refuse to start).
 *
 * The caller holds the home's lock, so no live service owns that server.
 *
 * @returns what was done, for the log; `undefined` when there was nothing to do.
 */
export async function clearAbandonedServer(data: string): Promise<string | undefined> {
  const file = join(data, 'postmaster.pid');
  const lines = readLines(file);
  if (!lines) return undefined;
  const pid = Number(lines[0]);
  const socketFolder = lines[4];
  if (isServerOn(pid, data)) {
    await stopServer(pid);
    removeSocketFolder(socketFolder);
    return `stopped PostgreSQL ${pid}, which an earlier start left running`;
  }
  rmSync(file, { force: true });
  removeSocketFolder(socketFolder);
  return 'removed a stale postmaster.pid; PostgreSQL recovers from its write-ahead log';
}

/**
 * Fast shutdown (open transactions are rolled back), then an immediate one if that takes too long:
 * both keep every committed transaction.
 */
export async function stopServer(pid: number): Promise<void> {
  const identity = processIdentity(pid);
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!identity || processIdentity(pid) !== identity) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < STOP_TIMEOUT_MS; waited += POLL_MS) {
      if (processIdentity(pid) !== identity) return;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
  throw new VinculumError('POSTGRES_DOES_NOT_STOP', `PostgreSQL ${pid} ignores SIGINT and SIGQUIT; stop it by hand`);
}

/** Only folders that this launcher made are removed. */
function removeSocketFolder(folder: string | undefined): void {
  if (folder && /\/vinculum-[A-Za-z0-9]{6}$/.test(folder)) rmSync(folder, { recursive: true, force: true });
}

function isServerOn(pid: number, data: string): boolean {
  if (!processIdentity(pid)) return false;
  const command = processCommand(pid);
  return command.includes('postgres') && command.includes(data);
}

function readLines(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
