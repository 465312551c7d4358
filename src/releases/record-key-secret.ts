import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_KEY_SECRET_BYTES } from '#libs/disclose';
import { readSecret, writeSecretOnce } from '../platform/keys/key-folder.js';

/**
 * The secret that record keys are made with; made at first use. It must outlive every published table: with
 * another one the noise of a repeated table would be another, and two tables would average it away.
 */
export function readRecordKeySecret(folder: string): Uint8Array {
  const file = join(folder, 'record-key.key');
  if (!existsSync(file)) writeSecretOnce(file, randomBytes(RECORD_KEY_SECRET_BYTES));
  return readSecret(file);
}
