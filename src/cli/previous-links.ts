import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NEW_RECORD, type EntitySuccession, type LinkageResult, type PreviousEntities } from '#libs/linkage';
import { VinculumError } from '#libs/record';
import type { LoadedInput } from './link-inputs.js';
import { readCsv } from './csv-rows.js';
import { RowErrorList } from './row-errors.js';

/** Links of the round before, as `links.csv` has them, beside the inputs of this one. */
export interface PreviousLinks {
  /** Name of each entity of the round before, by its number in `entities`. */
  readonly names: readonly string[];
  readonly entities: PreviousEntities;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Records of the round before that are in no extract of this one. */
  readonly goneRecords: number;
}

export const LINKS_HEADER = 'entity,register,record_id,probability';
/** What entities are called: numbers in the first round, numbers after the round's mark in later ones. */
const ENTITY_NAME = /^([0-9a-f]{8}-)?[0-9]{1,10}$/;
const PROBABILITY = /^[01](\.[0-9]{1,12})?$/;

interface PreviousRecord { readonly entity: number; readonly probability: number }

/**
 * Reads `links.csv` of the round before. An extract is settled when the file has all of its records and no
 * other of its register, and its register is not in `renewed`.
 *
 * @param renewed registers whose extract replaces an earlier one, with whatever filters.
 * @throws VinculumError PREVIOUS_LINKS_INVALID with rows and reasons; for a register that is not among the
 *   inputs, or named in `renewed` and not in the file. CSV_UNREADABLE.
 */
export async function readPreviousLinks(
  path: string, { extracts, recordIds }: LoadedInput, renewed: readonly string[],
): Promise<PreviousLinks> {
  const registerIds = extracts.map(({ registerId }) => registerId);
  const { names, sizes, records } = await readRecords(path, registerIds);
  const absent = renewed.filter((register) => !records.get(register)?.size);
  if (absent.length > 0) {
    throw new VinculumError('PREVIOUS_LINKS_INVALID', `${path} has no record of ${absent.join(', ')}: a register is `
      + 'renewed when the round before had an earlier extract of it');
  }
  const entityOf = extracts.map((extract) => new Uint32Array(extract.records).fill(NEW_RECORD));
  const probability = extracts.map((extract) => new Float64Array(extract.records));
  let found = 0;
  const settled = registerIds.map((registerId, x) => {
    const known = records.get(registerId);
    let persisting = 0;
    recordIds[x].forEach((id, row) => {
      const record = known?.get(id);
      if (!record) return;
      persisting++;
      entityOf[x][row] = record.entity;
      probability[x][row] = record.probability;
    });
    found += persisting;
    return persisting === recordIds[x].length && persisting === known?.size && !renewed.includes(registerId);
  });
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return {
    names, goneRecords: all - found, sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    entities: { sizes: Uint32Array.from(sizes), entityOf, probability, settled },
  };
}

async function readRecords(path: string, registerIds: readonly string[]): Promise<{
  names: string[]; sizes: number[]; records: Map<string, Map<string, PreviousRecord>>;
}> {
  const numbers = new Map<string, number>();
  const sizes: number[] = [];
  const records = new Map(registerIds.map((id) => [id, new Map<string, PreviousRecord>()]));
  const errors = new RowErrorList();
  let row = -1;
  for await (const fields of readCsv(path, { trim: false, delimiter: ',' })) {
    if (++row === 0) {
      if (fields.join() === LINKS_HEADER) continue;
      throw new VinculumError('PREVIOUS_LINKS_INVALID', `${path}: expected the header ${LINKS_HEADER}`);
    }
    const [name, register, id, probability] = fields;
    const known = records.get(register);
    if (fields.length !== 4) errors.add(row, '', 'expected 4 fields');
    else if (!ENTITY_NAME.test(name)) errors.add(row, 'entity', 'expected the name of an entity');
    else if (!known) errors.add(row, 'register', 'its register is not among the inputs: name its extract too');
    else if (known.has(id)) errors.add(row, 'record_id', 'the record was there before');
    else if (!PROBABILITY.test(probability) || Number(probability) > 1) errors.add(row, 'probability', 'expected 0 to 1');
    else {
      const entity = numbers.get(name) ?? numbers.size;
      numbers.set(name, entity);
      sizes[entity] = (sizes[entity] ?? 0) + 1;
      known.set(id, { entity, probability: Number(probability) });
    }
  }
  errors.throwIfAny('PREVIOUS_LINKS_INVALID', path);
  if (row < 1) throw new VinculumError('PREVIOUS_LINKS_INVALID', `${path}: expected records, found none`);
  return { names: [...numbers.keys()], sizes, records };
}

/** Numbers of entities, see `EntitySuccession`. */
export interface RoundSummary extends Omit<EntitySuccession, 'continues'> {
  /** Records of the round before that are in no extract of this one. */
  readonly goneRecords: number;
  /** Registers whose pairs with each other were not compared again. */
  readonly settled: readonly string[];
}

export function roundSummary(
  { entities, goneRecords }: PreviousLinks, { extracts }: Pick<LoadedInput, 'extracts'>,
  { succession }: LinkageResult,
): RoundSummary | undefined {
  if (!succession) return undefined;
  const { unchanged, extended, split, merged, fresh, gone } = succession;
  const settled = extracts.filter((_, x) => entities.settled[x]).map(({ registerId }) => registerId);
  return { unchanged, extended, split, merged, fresh, gone, goneRecords, settled };
}

/**
 * Names of the entities of a round: of those that go on, what they were called; of the others the round's
 * mark and a number. The mark is a digest of the file of the round before and of this round's inputs, so that
 * a name is never given again, and says nothing about a record.
 */
export function entityNames(
  previous: PreviousLinks | undefined, { entities, succession }: LinkageResult,
  { extracts }: Pick<LoadedInput, 'extracts'>,
): string[] {
  if (!previous || !succession) return Array.from({ length: entities }, (_, entity) => String(entity));
  const digest = createHash('sha256').update(previous.sha256);
  for (const { segments } of extracts) for (const { filters } of segments) digest.update(filters);
  const mark = digest.digest('hex').slice(0, 8);
  let fresh = 0;
  return Array.from(succession.continues, (before) =>
    (before === NEW_RECORD ? `${mark}-${fresh++}` : previous.names[before]));
}
