import { spawnSync } from 'node:child_process';
import {
  chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync,
  rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { VinculumError } from '#libs/record';
import { SHARED_STATE, type NativeBinaries } from './native-binaries.js';
import { isTraversable, type ServerAccount } from './server-account.js';

/**
 * The folder `postgres` of the home, reachable by the server's account.
 *
 * Where the home lies in a closed folder (root's own), the data lie in `/var/lib/vinculum` instead and
 * `postgres` is a symbolic link that says so.
 */
export function postgresFolder(home: string, account: ServerAccount | undefined): string {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const folder = join(home, 'postgres');
  if (account) chmodSync(home, lstatSync(home).mode | 0o011);
  if (!existsSync(folder)) {
    rmSync(folder, { force: true });
    if (account && !isTraversable(home, account)) {
      mkdirSync(SHARED_STATE, { recursive: true, mode: 0o755 });
      symlinkSync(mkdtempSync(join(SHARED_STATE, 'data-')), folder);
    } else {
      mkdirSync(folder, { mode: 0o700 });
    }
  }
  const real = realpathSync(folder);
  if (account) {
    chownSync(real, account.uid, account.gid);
    if (!isTraversable(dirname(real), account)) {
      throw new VinculumError('DATA_FOLDER_CLOSED',
        `${real} cannot be reached by the unprivileged user that PostgreSQL runs as when started by root. `
        + 'Start as an ordinary user, or set VINCULUM_HOME to a folder that others may pass');
    }
  }
  return real;
}

/** Removes a home with all its data, wherever they lie. The service must be stopped. */
export function removeHome(home: string): void {
  const folder = join(home, 'postgres');
  if (existsSync(folder)) rmSync(realpathSync(folder), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** The superuser's password, made at the first start and readable by the service's user only. */
export function superuserPassword(home: string): string {
  const file = join(home, 'postgres.password');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8');
}

/**
 * Makes the cluster if there is none. It is built beside and renamed, so that a crash in between leaves
 * nothing that looks complete.
 *
 * @returns the data folder.
 */
export function initialise(
  binaries: NativeBinaries, folder: string, password: string, account: ServerAccount | undefined,
): string {
  const data = join(folder, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) return data;
  const partial = join(folder, 'data.partial');
  rmSync(partial, { recursive: true, force: true });
  const passwordFile = join(folder, 'password.partial');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  // LANG may be unset, which would give SQL_ASCII: the encoding is stated. C.UTF-8 is built in, so that
  // sort order does not depend on the machine.
  const run = spawnSync(binaries.initdb, [
    '--pgdata', partial, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256',
    '--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8',
    '--no-instructions',
  ], { encoding: 'utf8', env: serverEnvironment(), cwd: folder, ...account });
  rmSync(passwordFile, { force: true });
  if (run.status !== 0) {
    throw new VinculumError('POSTGRES_INIT_FAILED',
      `initdb failed in ${folder}: ${(run.stderr || run.error?.message || '').trim()}`);
  }
  renameSync(partial, data);
  return data;
}

/** Nothing of our own environment reaches the server (PG* variables would change it). */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
