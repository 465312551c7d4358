import { join } from 'node:path';
import type { Settings } from '../settings/settings.js';
import { readSecret } from './key-folder.js';
import { KeptStorageKeys } from './kept-storage-keys.js';
import { EnvironmentMasterKeys, MasterKeyFolder } from './master-keys.js';
import type { StorageKeys } from './storage-keys.js';
import { TransitStorageKeys } from './transit-storage-keys.js';

type KeySettings = Pick<Settings, 'keys' | 'storageMasterKeys' | 'kmsUrl' | 'kmsTokenFile'>;

/** A key management service where one is set, else master keys of the environment, else those of a folder. */
export function openStorageKeys(settings: KeySettings): StorageKeys {
  if (settings.kmsUrl) {
    const token = readSecret(settings.kmsTokenFile ?? join(settings.keys, 'kms.token')).toString('utf8').trim();
    return new TransitStorageKeys({ url: settings.kmsUrl, token });
  }
  const masters = settings.storageMasterKeys
    ? new EnvironmentMasterKeys(settings.storageMasterKeys) : masterKeyFolder(settings.keys);
  return new KeptStorageKeys(masters, join(settings.keys, 'extracts'));
}

export function masterKeyFolder(keys: string): MasterKeyFolder {
  return new MasterKeyFolder(join(keys, 'storage'));
}
