import { createHmac } from 'node:crypto';
import { deriveKey } from '../platform/keys/key-folder.js';

/** Record id (16 bytes), or token (32 bytes) -> mark (32 bytes). */
export type ObjectionMarks = (named: Uint8Array) => Buffer;

/**
 * What stands for a record in the list of objections: HMAC-SHA-256 of the record id, under a key of the
 * organisation's register that derives from the master key. Whoever reads the table without it learns how
 * many objected, and not who.
 */
export function objectionMarks(
  masterKey: Uint8Array, organisation: string, registerId: string,
): ObjectionMarks {
  return marksUnder(deriveKey(masterKey, `objections at ${JSON.stringify([organisation, registerId])}`));
}

/** The same for the token of an encoding, which is looked for in every register: one key for all of them. */
export function objectionTokenMarks(masterKey: Uint8Array): ObjectionMarks {
  return marksUnder(deriveKey(masterKey, 'objections by token'));
}

function marksUnder(key: Uint8Array): ObjectionMarks {
  return (named) => createHmac('sha256', key).update(named).digest();
}
