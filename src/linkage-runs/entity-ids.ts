import { createHmac } from 'node:crypto';
import { deriveKey } from '../platform/keys/key-folder.js';

/** Bytes of an opaque record id. */
const ID_BYTES = 16;
const HIGH_BIT = (1n << 63n) - 1n;

/** One extract's part in a link map. */
export interface LinkedExtract {
  readonly registerId: string;
  /** 16 bytes a row. */
  readonly recordIds: Uint8Array;
  /** Row -> entity number of the run. */
  readonly entityOf: Uint32Array;
}

/**
 * Entity number of the run -> id in the link map: HMAC-SHA-256, under a key of the project, over register
 * and record id of the entity's first record, cut to 63 bits. Two projects cannot be joined on it. An entity
 * keeps its id from run to run as long as its first record (of the population register, where it has one)
 * stays.
 *
 * Two entities that fall on one id (once in a million runs of ten million) are told apart by a counter.
 */
export function entityIds(
  masterKey: Uint8Array, project: string, extracts: readonly LinkedExtract[], entities: number,
): BigInt64Array {
  const key = deriveKey(masterKey, `entities of project ${project}`);
  const ids = new BigInt64Array(entities);
  const named = new Uint8Array(entities);
  const taken = new Set<bigint>();
  for (const { registerId, recordIds, entityOf } of extracts) {
    for (let row = 0; row < entityOf.length; row++) {
      const entity = entityOf[row];
      if (named[entity]) continue;
      named[entity] = 1;
      const recordId = recordIds.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
      let id = keyedId(key, registerId, recordId, 0);
      for (let again = 1; taken.has(id); again++) id = keyedId(key, registerId, recordId, again);
      taken.add(id);
      ids[entity] = id;
    }
  }
  return ids;
}

function keyedId(key: Buffer, registerId: string, recordId: Uint8Array, again: number): bigint {
  const mac = createHmac('sha256', key).update(`${registerId}:${again}:`).update(recordId).digest();
  return mac.readBigUInt64BE(0) & HIGH_BIT;
}
