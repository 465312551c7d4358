import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Client } from 'pg';
import { createRecordIdentifier } from '#libs/encode';
import { measuredQuality, type MeasuredQuality } from '#libs/quality';
import { RECORD_ID_BYTES } from '#libs/record';
import { readEncodedExtract } from '../extract-folder/index.js';
import type { DatabaseAddress } from '../platform/database/database-address.js';

export interface SubmittedExtract {
  readonly registerId: string;
  readonly extractId: string;
  /** The custodian's folder. */
  readonly folder: string;
}

export interface TruthComparison {
  readonly measured: MeasuredQuality;
  readonly records: number;
  readonly entities: number;
}

/**
 * Holds the link map against the truth of a synthetic country. The service gives the link map to nobody: this
 * reads it from the database's own files, as only the owner of the machine can, and asks the custodians'
 * secret which record is which, as only all custodians together could.
 */
export async function compareWithTruth(
  database: DatabaseAddress, run: string, extracts: readonly SubmittedExtract[], country: string,
  secret: Uint8Array,
): Promise<TruthComparison> {
  const personOf = readTruth(country, secret);
  const truth: (string | null)[] = [];
  const registers: number[] = [];
  const entityOf: string[] = [];
  const client = new Client(database);
  await client.connect();
  try {
    for (const [number, { registerId, extractId, folder }] of extracts.entries()) {
      const { recordIds, extract } = await readEncodedExtract(folder);
      const { rows } = await client.query<{ entity: string }>(
        'SELECT entity FROM links.entity_record WHERE run = $1 AND extract = $2 ORDER BY row_no', [run, extractId]);
      if (rows.length !== extract.records) throw new Error(`the link map has ${rows.length} rows of ${registerId}`);
      rows.forEach(({ entity }, row) => {
        const id = Buffer.from(recordIds.subarray(row * RECORD_ID_BYTES, (row + 1) * RECORD_ID_BYTES));
        truth.push(personOf.get(id.toString('hex')) ?? null);
        registers.push(number);
        entityOf.push(entity);
      });
    }
  } finally {
    await client.end();
  }
  const numbers = new Map<string, number>();
  const linked = Uint32Array.from(entityOf, (entity) => {
    if (!numbers.has(entity)) numbers.set(entity, numbers.size);
    return numbers.get(entity)!;
  });
  return {
    measured: measuredQuality(Uint8Array.from(registers), linked, truth),
    records: entityOf.length, entities: numbers.size,
  };
}

/** Opaque record id -> person. */
function readTruth(country: string, secret: Uint8Array): Map<string, string> {
  const file = readFileSync(join(country, 'truth', 'links.csv'));
  const rows = parse<{ register: string; record_id: string; person_id: string }>(file, { columns: true });
  const identifiers = new Map<string, (localId: string) => Uint8Array>();
  return new Map(rows.map(({ register, record_id: localId, person_id: person }) => {
    const identify = identifiers.get(register) ?? createRecordIdentifier(secret, register);
    identifiers.set(register, identify);
    return [Buffer.from(identify(localId)).toString('hex'), person];
  }));
}
