import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VinculumError } from '#libs/record';
import { processIdentity } from './process-identity.js';

interface LockHolder {
  readonly pid: number;
  /** Distinguishes the holder from a later process with the same number. */
  readonly identity: string;
}

/**
 * One service a folder: `service.lock` names the process that owns it. A lock whose process is gone is
 * taken over; a live one is refused.
 *
 * @returns the release function.
 * @throws VinculumError `ALREADY_RUNNING` that names the process.
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const path = join(home, 'service.lock');
  const mine = `${path}.${process.pid}`;
  const holder: LockHolder = { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      // link() is atomic and fails when the name is taken: the whole content appears at once or not at all.
      if (linked(mine, path)) return () => release(path);
      const current = readHolder(path);
      if (current && isAlive(current)) throw alreadyRunning(home, current.pid);
      if (current) removeStale(path, current);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new VinculumError('ALREADY_RUNNING',
    `several starts race for ${home}; start one at a time, each with its own VINCULUM_HOME`);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(holder: LockHolder): boolean {
  return holder.identity !== '' && processIdentity(holder.pid) === holder.identity;
}

/** Moved aside first: another start may have taken the stale lock over between our reading and now. */
function removeStale(path: string, stale: LockHolder): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && moved.identity !== stale.identity) linked(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function release(path: string): void {
  if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
}

function alreadyRunning(home: string, pid: number): VinculumError {
  return new VinculumError('ALREADY_RUNNING',
    `process ${pid} already serves ${home}. Stop it (kill ${pid}), or start with another VINCULUM_HOME`);
}
