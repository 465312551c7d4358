import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { dataSourceOptions, passwordOf, type DatabaseAccess } from './data-sources.js';
import { DATABASE_ROLES, loginOf } from './database-roles.js';

/** One migrator at a time, on any machine: the number is ours, it means nothing else. */
const MIGRATION_LOCK = 7_362_001;

/**
 * Applies the migrations that are still missing, each in its own transaction, and sets the logins'
 * passwords. Forward only. Several processes may call it at once: they wait for each other.
 *
 * @returns names of the migrations that were applied.
 */
export async function migrate(access: DatabaseAccess): Promise<string[]> {
  const source = new DataSource({
    ...dataSourceOptions(access.owner), migrations: [...MIGRATIONS], migrationsTableName: 'migration',
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await source.runMigrations({ transaction: 'each' });
    for (const role of DATABASE_ROLES) {
      await lock.query(`ALTER ROLE ${loginOf(role)} PASSWORD '${passwordOf(role, access.masterKey)}'`);
    }
    return applied.map((migration) => migration.name);
  } finally {
    await lock.release();
    await source.destroy();
  }
}
