import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { VinculumError } from '#libs/record';
import { readSecret, writeSecretOnce } from './key-folder.js';
import { MASTER_KEY_ID_BYTES, type MasterKey, type MasterKeys } from './master-keys.js';
import { openSealed, seal } from './sealed-bytes.js';
import type { StorageKeys } from './storage-keys.js';

const KEY_BYTES = 32;
const EXTRACT_ID = /^[0-9a-f-]{36}$/;

/**
 * Storage keys that the service keeps itself. Each extract has a key of its own in a folder (`ID.key`, 32
 * random bytes); what wraps its data key derives from that key and the master key together (HKDF-SHA-256), so
 * that neither a copy of the database with the master key, nor one with the folder, opens it.
 *
 * Wrapped: id of the master key (8 bytes) || sealed data key (60 bytes).
 */
export class KeptStorageKeys implements StorageKeys {
  constructor(private readonly masters: MasterKeys, private readonly folder: string) {}

  wrap(extract: string, dataKey: Uint8Array): Promise<Buffer> {
    return Promise.resolve(this.sealed(extract, dataKey, this.masters.current(), this.ownKey(extract, true)));
  }

  async unwrap(extract: string, wrapped: Uint8Array): Promise<Buffer> {
    await Promise.resolve();
    const own = this.ownKey(extract, false);
    const master = this.masters.byId(masterIdOf(wrapped));
    return openSealed(wrappingKey(master, own), wrapped.subarray(MASTER_KEY_ID_BYTES), placeOf(extract));
  }

  async rewrap(extract: string, wrapped: readonly Uint8Array[]): Promise<Buffer[] | undefined> {
    const current = this.masters.current();
    if (wrapped.every((key) => masterIdOf(key) === current.id)) return undefined;
    const dataKeys = await Promise.all(wrapped.map((key) => this.unwrap(extract, key)));
    const own = this.ownKey(extract, false);
    return dataKeys.map((key) => this.sealed(extract, key, current, own));
  }

  /** Overwritten, then removed, each down to the disk; what a file system copies on write is not reached. */
  destroy(extract: string): Promise<void> {
    const file = this.fileOf(extract);
    if (existsSync(file)) {
      const handle = openSync(file, 'r+');
      writeSync(handle, randomBytes(KEY_BYTES), 0, KEY_BYTES, 0);
      fsyncSync(handle);
      closeSync(handle);
      rmSync(file, { force: true });
      const folder = openSync(this.folder, 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
    return Promise.resolve();
  }

  private sealed(extract: string, dataKey: Uint8Array, master: MasterKey, own: Uint8Array): Buffer {
    return Buffer.concat([
      Buffer.from(master.id, 'hex'), seal(wrappingKey(master, own), dataKey, placeOf(extract)),
    ]);
  }

  /** @throws VinculumError `STORAGE_KEY_DESTROYED`. */
  private ownKey(extract: string, create: boolean): Uint8Array {
    const file = this.fileOf(extract);
    if (!existsSync(file)) {
      if (!create) {
        throw new VinculumError('STORAGE_KEY_DESTROYED',
          'the key of the extract was destroyed, or is not in the key folder that this process reads');
      }
      writeSecretOnce(file, randomBytes(KEY_BYTES));
    }
    return readSecret(file);
  }

  private fileOf(extract: string): string {
    if (!EXTRACT_ID.test(extract)) throw new Error('not the id of an extract');
    return join(this.folder, `${extract}.key`);
  }
}

function wrappingKey(master: MasterKey, own: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', master.key, own, 'vinculum wrapping of a data key', KEY_BYTES));
}

function masterIdOf(wrapped: Uint8Array): string {
  return Buffer.from(wrapped.subarray(0, MASTER_KEY_ID_BYTES)).toString('hex');
}

function placeOf(extract: string): string {
  return `data key of ${extract}`;
}
