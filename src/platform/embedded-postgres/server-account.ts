import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** User and group that the server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** The conventional `nobody`; it need not exist in /etc/passwd. */
const UNPRIVILEGED: ServerAccount = { uid: 65534, gid: 65534 };

/** PostgreSQL refuses to run as root: then it runs as `nobody`. Otherwise as ourselves (`undefined`). */
export function serverAccount(): ServerAccount | undefined {
  return process.getuid?.() === 0 ? UNPRIVILEGED : undefined;
}

/** True where every folder from the root down to `path` lets the account pass. */
export function isTraversable(path: string, account: ServerAccount): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { mode, uid } = lstatSync(folder);
    const passes = uid === account.uid ? (mode & 0o100) !== 0 : (mode & 0o001) !== 0;
    if (!passes) return false;
    if (folder === dirname(folder)) return true;
  }
}
