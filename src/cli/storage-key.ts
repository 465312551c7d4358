import { Command } from 'commander';
import { createDataSource } from '../platform/database/data-sources.js';
import { parseDatabaseUrl, type DatabaseAddress } from '../platform/database/database-address.js';
import { startEmbeddedPostgres } from '../platform/embedded-postgres/embedded-postgres.js';
import { lockHome } from '../platform/home/service-lock.js';
import { readMasterKey } from '../platform/keys/key-folder.js';
import { masterKeyFolder, openStorageKeys } from '../platform/keys/open-storage-keys.js';
import { rewrapAll, rotate } from '../platform/keys/storage-key-rotation.js';
import { readSettings, type Settings } from '../platform/settings/settings.js';
import { DONE, endWith } from './command-end.js';

const WHERE = `
Reads the settings of the service from the environment (VINCULUM_HOME, VINCULUM_KEYS, DATABASE_URL and so on). An
embedded service is stopped before; a cluster goes on. Master keys in the key folder: makes a new one, removes the old.
VINCULUM_STORAGE_KEYS: put the new one first, restart, run this, then leave the old one out. Key management service: a
new version of every extract's key. Interrupted? Run it again.`;

/** `vinculum storage-key`: for the operator of a service. */
export function storageKeyCommand(): Command {
  const storageKey = new Command('storage-key').description('the keys under which a service stores extracts');
  return storageKey.addCommand(new Command('rotate')
    .description('put the data keys of every extract under another master key; what is stored stays as it is')
    .option('--json', 'print one JSON line last on stdout')
    .addHelpText('after', WHERE)
    .action(({ json = false }: { json?: boolean }) => endWith(json, () => rotateKeys(json))));
}

async function rotateKeys(json: boolean): Promise<number> {
  const settings = readSettings(process.env, process.cwd());
  const { owner, close } = await openDatabase(settings);
  try {
    const database = createDataSource('retention', { owner, masterKey: readMasterKey(settings.keys, false) });
    await database.initialize();
    try {
      const keys = openStorageKeys(settings);
      const isFolder = !settings.kmsUrl && !settings.storageMasterKeys;
      const report = isFolder ? await rotate(database, keys, masterKeyFolder(settings.keys))
        : { rewrapped: await rewrapAll(database, keys) };
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `data keys of ${report.rewrapped} extracts rewrapped\n`);
    } finally {
      await database.destroy();
    }
  } finally {
    await close();
  }
  return DONE;
}

async function openDatabase(settings: Settings): Promise<{
  readonly owner: DatabaseAddress; readonly close: () => Promise<void>;
}> {
  if (settings.databaseUrl) {
    return { owner: parseDatabaseUrl(settings.databaseUrl), close: () => Promise.resolve() };
  }
  const unlock = lockHome(settings.home);
  try {
    const postgres = await startEmbeddedPostgres(settings.home);
    return { owner: postgres.owner, close: () => postgres.stop().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}
