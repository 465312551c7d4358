import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VinculumError } from '#libs/record';

const MASTER_KEY_BYTES = 32;

/**
 * The service's master key: the names of entities and the database logins' passwords derive from it.
 * Read from `master.key` (32 bytes, mode 0600) in the key folder.
 *
 * @param create make one if there is none (the API does, a worker does not: it must hold the same key).
 * @throws VinculumError `MASTER_KEY_MISSING`, `KEY_FILE_OPEN` (others may read it), `MASTER_KEY_INVALID`.
 */
export function readMasterKey(folder: string, create: boolean): Uint8Array {
  const file = join(folder, 'master.key');
  if (!existsSync(file)) {
    if (!create) {
      throw new VinculumError('MASTER_KEY_MISSING',
        `${file} is missing. Start the API first, or mount the key folder that it uses (VINCULUM_KEYS)`);
    }
    writeSecretOnce(file, randomBytes(MASTER_KEY_BYTES));
  }
  const key = readSecret(file);
  if (key.length !== MASTER_KEY_BYTES) {
    throw new VinculumError('MASTER_KEY_INVALID', `${file} has ${key.length} bytes, ${MASTER_KEY_BYTES} expected`);
  }
  return key;
}

/** Reads a secret file; refuses one that group or others may read. */
export function readSecret(file: string): Buffer {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new VinculumError('KEY_FILE_OPEN', `${file} can be read by others; chmod 600 it, and consider it known`);
  }
  return readFileSync(file);
}

/** Writes a secret whole or not at all; keeps the one that is already there (two starts may race). */
export function writeSecretOnce(file: string, secret: Uint8Array): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, secret, { mode: 0o600 });
  try {
    linkSync(partial, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** A key for one use, independent of the others (HKDF-SHA256, RFC 5869); `bytes` long. */
export function deriveKey(masterKey: Uint8Array, use: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `vinculum ${use}`, bytes));
}
