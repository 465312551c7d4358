import { createHmac } from 'node:crypto';
import { deriveKey } from '../platform/keys/key-folder.js';

/** Record id (16 bytes) -> mark (32 bytes). */
export type ObjectionMarks = (recordId: Uint8Array) => Buffer;

/**
 * What stands for a record in the list of objections: HMAC-SHA-256 of the record id, under a key of the
 * organisation's register that derives from the master key. Whoever reads the table without it learns how
 * many objected, and not who.
 */
export function objectionMarks(
  masterKey: Uint8Array, organisation: string, registerId: string,
): ObjectionMarks {
  const key = deriveKey(masterKey, `objections at ${JSON.stringify([organisation, registerId])}`);
  return (recordId) => createHmac('sha256', key).update(recordId).digest();
}
