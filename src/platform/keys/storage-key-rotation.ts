import type { DataSource, EntityManager } from 'typeorm';
import type { MasterKeyFolder } from './master-keys.js';
import { WRAPPING_LOCK, type StorageKeys } from './storage-keys.js';

/** What a rotation has done so far. */
export interface RotationReport {
  /** Id of the master key that wraps from now on. */
  readonly current: string;
  /** Extracts whose data keys were put under it. */
  readonly rewrapped: number;
  /** Ids of master keys that wrap nothing any more and were removed. */
  readonly removed: readonly string[];
}

/** Wrapped data keys of an extract. */
interface WrappedKeys {
  readonly filters: Buffer;
  readonly content: Buffer;
}

/**
 * Puts the data keys of every extract under the current master key. Chunks are not touched. Interrupted, it
 * is run again and goes on: what is under the current one already stays.
 *
 * @param database as `retention`: the login that sees the wrapped keys of all custodians.
 * @returns number of extracts whose keys were not under it.
 */
export async function rewrapAll(database: DataSource, keys: StorageKeys): Promise<number> {
  const extracts = await database.query<{ id: string }[]>(
    'SELECT id FROM encodings.extract WHERE wrapped_key IS NOT NULL ORDER BY id');
  let rewrapped = 0;
  for (const { id } of extracts) {
    await database.transaction(async (manager) => {
      const wrapped = await held(manager, id);
      const fresh = wrapped && await keys.rewrap(id, [wrapped.filters, wrapped.content]);
      if (!fresh) return;
      await manager.query('UPDATE encodings.extract SET wrapped_key = $2 WHERE id = $1', [id, fresh[0]]);
      await manager.query('UPDATE content.key SET wrapped = $2 WHERE extract = $1', [id, fresh[1]]);
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

/** Undefined where the extract was destroyed meanwhile. */
async function held(manager: EntityManager, id: string): Promise<WrappedKeys | undefined> {
  const rows = await manager.query<WrappedKeys[]>(
    `SELECT e.wrapped_key AS filters, k.wrapped AS content
     FROM encodings.extract e JOIN content.key k ON k.extract = e.id
     WHERE e.id = $1 AND e.wrapped_key IS NOT NULL FOR UPDATE`, [id]);
  return rows[0];
}
