import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VinculumError } from '#libs/record';

/**
 * Creates a file that only its owner can read (mode 0600): whole or not at all, and never over another.
 *
 * @throws VinculumError FILE_NOT_WRITTEN when there is something at `path` already, or it cannot be written.
 */
export function createPrivateFile(path: string, bytes: Uint8Array): void {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`);
  try {
    writeFileSync(partial, bytes, { flag: 'wx', mode: 0o600, flush: true });
    // The name is taken first, and by one process only; then the file takes its place.
    closeSync(openSync(path, 'wx', 0o600));
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    const reason = (error as NodeJS.ErrnoException).code === 'EEXIST'
      ? 'there is something already, and it is not overwritten' : 'the file cannot be written';
    throw new VinculumError('FILE_NOT_WRITTEN', `expected to create ${path}: ${reason}`);
  }
}
