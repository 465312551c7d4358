import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VinculumError } from '#libs/record';
import { readSecret, writeSecretOnce } from './key-folder.js';

/** Bytes of a master key. */
export const MASTER_KEY_BYTES = 32;
/** Bytes of its id. */
export const MASTER_KEY_ID_BYTES = 8;

const KEY_FILE = /^([0-9a-f]{16})\.key$/;

/** A master key of the storage, under a name that says nothing about it. */
export interface MasterKey {
  /** 16 hex digits: the first 8 bytes of SHA-256 over a label and the key. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** The master keys at hand: one wraps, the others still open what they wrapped. */
export interface MasterKeys {
  current(): MasterKey;
  /** @throws VinculumError `STORAGE_KEY_UNKNOWN`. */
  byId(id: string): MasterKey;
}

/** @throws VinculumError `STORAGE_KEY_INVALID` where it has not 32 bytes. */
export function masterKeyOf(key: Uint8Array): MasterKey {
  if (key.length !== MASTER_KEY_BYTES) {
    throw new VinculumError('STORAGE_KEY_INVALID',
      `a master key of the storage has ${MASTER_KEY_BYTES} bytes, got ${key.length}`);
  }
  const hash = createHash('sha256').update('vinculum storage key').update(key).digest('hex');
  return { id: hash.slice(0, 2 * MASTER_KEY_ID_BYTES), key };
}

/** From the environment (base64, separated by commas): the first wraps, the others only open. */
export class EnvironmentMasterKeys implements MasterKeys {
  private readonly keys: readonly MasterKey[];

  /** @throws VinculumError `STORAGE_KEY_INVALID`. */
  constructor(text: string) {
    this.keys = text.split(',').map((part) => masterKeyOf(Buffer.from(part.trim(), 'base64')));
  }

  current(): MasterKey {
    return this.keys[0];
  }

  byId(id: string): MasterKey {
    return this.keys.find((key) => key.id === id) ?? unknown(id);
  }
}

/**
 * In a folder: `ID.key` (32 bytes, mode 0600) for each, and `current`, which names the one that wraps. Read
 * anew at each call: another process may rotate. Made at the first call where there is none.
 */
export class MasterKeyFolder implements MasterKeys {
  constructor(private readonly folder: string) {}

  current(): MasterKey {
    const pointer = join(this.folder, 'current');
    if (!existsSync(pointer)) writeSecretOnce(pointer, Buffer.from(this.add().id));
    return this.byId(readFileSync(pointer, 'utf8'));
  }

  byId(id: string): MasterKey {
    const file = join(this.folder, `${id}.key`);
    if (!existsSync(file)) unknown(id);
    const found = masterKeyOf(readSecret(file));
    if (found.id !== id) throw new VinculumError('STORAGE_KEY_INVALID', `${file} is not the key of its name`);
    return found;
  }

  /** Ids of all that are there, the current one included. */
  ids(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).flatMap((name) => KEY_FILE.exec(name)?.[1] ?? []).sort();
  }

  /** A new one, which wraps nothing yet. */
  add(): MasterKey {
    const master = masterKeyOf(randomBytes(MASTER_KEY_BYTES));
    writeSecretOnce(join(this.folder, `${master.id}.key`), master.key);
    return master;
  }

  /** Whole or not at all: who reads sees the one or the other. */
  makeCurrent(id: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const partial = join(this.folder, `current.${process.pid}.partial`);
    writeFileSync(partial, id, { mode: 0o600 });
    renameSync(partial, join(this.folder, 'current'));
  }

  remove(id: string): void {
    if (id === this.current().id) throw new Error('the current master key is not removed');
    rmSync(join(this.folder, `${id}.key`), { force: true });
  }
}

function unknown(id: string): never {
  throw new VinculumError('STORAGE_KEY_UNKNOWN',
    `the master key ${id} of the storage is not at hand; put it back until a rotation has gone through`);
}
