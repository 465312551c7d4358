import type { DataSource, EntityManager } from 'typeorm';
import type { MasterKeyFolder } from './master-keys.js';
import { WRAPPING_LOCK, type StorageKeys } from './storage-keys.js';

/** What a rotation has done so far. */
export interface RotationReport {
  /** Id of the master key that wraps from now on. */
  readonly current: string;
  readonly rewrapped: number;
  /** Ids of master keys that wrap nothing any more and were removed. */
  readonly removed: readonly string[];
}

interface WrappedKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/**
 * Puts every data key under the current master key. Chunks are not touched. Interrupted, it is run again and
 * goes on: a key that is under the current one already stays.
 *
 * @param database as `retention`: the login that sees the wrapped keys of all custodians.
 */
export async function rewrapAll(database: DataSource, keys: StorageKeys): Promise<number> {
  const extracts = await database.query<WrappedKey[]>(
    'SELECT id, wrapped_key AS wrapped FROM encodings.extract WHERE wrapped_key IS NOT NULL ORDER BY id');
  let rewrapped = 0;
  for (const { id } of extracts) {
    await database.transaction(async (manager) => {
      const wrapped = await held(manager, id);
      const fresh = wrapped && await keys.rewrap(id, wrapped);
      if (!fresh) return;
      await manager.query('UPDATE encodings.extract SET wrapped_key = $2 WHERE id = $1', [id, fresh]);
      rewrapped++;
    });
  }
  return rewrapped;
}

/**
 * A new master key in the folder, everything under it, and the old ones removed. Where an earlier rotation
 * was interrupted, that one is finished and no new key made.
 */
export async function rotate(
  database: DataSource, keys: StorageKeys, masters: MasterKeyFolder,
): Promise<RotationReport> {
  const finished = await settle(database, keys, masters);
  if (finished.rewrapped > 0) return finished;
  const next = masters.add();
  await database.transaction(async (manager) => {
    // Who wraps under the old one has stored what it wrapped, or comes after and takes the new one.
    await manager.query('SELECT pg_advisory_xact_lock($1)', [WRAPPING_LOCK]);
    masters.makeCurrent(next.id);
  });
  return settle(database, keys, masters);
}

/** Everything under the current master key, and no other left. */
async function settle(
  database: DataSource, keys: StorageKeys, masters: MasterKeyFolder,
): Promise<RotationReport> {
  const { id: current } = masters.current();
  const rewrapped = await rewrapAll(database, keys);
  const removed = masters.ids().filter((id) => id !== current);
  for (const id of removed) masters.remove(id);
  return { current, rewrapped, removed };
}

async function held(manager: EntityManager, id: string): Promise<Buffer | undefined> {
  const rows = await manager.query<{ wrapped: Buffer | null }[]>(
    'SELECT wrapped_key AS wrapped FROM encodings.extract WHERE id = $1 FOR UPDATE', [id]);
  return rows[0]?.wrapped ?? undefined;
}
