import { createHash } from 'node:crypto';
import { encodeRecords, rolesOfSpec, type EncodingSpec } from '#libs/encode';
import { VinculumError, type EncodedExtract, type Register } from '#libs/record';
import { describeHeader, placeOf, type ColumnMapping } from './column-mapping.js';
import { readCsv } from './csv-rows.js';

/** A plain CSV file, read for a trial: identifiers in memory, encoded there, never written. */
export interface TrialFile {
  readonly header: readonly string[];
  readonly recordIds: readonly string[];
  /** Label of each record; null where there is none. */
  readonly truth: readonly (string | null)[];
  /** For each column of `TrialReading.by`, the value of each record; empty where the file lacks it. */
  readonly groups: readonly (readonly string[])[];
  readonly extract: EncodedExtract;
}

export interface TrialReading {
  readonly columns: ColumnMapping;
  readonly spec: EncodingSpec;
  readonly register: Register;
  /** Column that names the record; the row number (from 1) when absent. */
  readonly id?: string;
  /** Column of the label. */
  readonly truth?: string;
  /** Takes the label out of the record id: its first group, or the whole match. */
  readonly truthPattern?: RegExp;
  /** Columns that quality is told by. */
  readonly by?: readonly string[];
  /** Labels by register and record id, see `readTruthFile`. */
  readonly labels?: TruthLabels;
}

/** Label of a record by `register/record_id`. */
export type TruthLabels = ReadonlyMap<string, string>;

/**
 * Reads labels from a CSV of three columns: register, record id, person (the form of `truth/links.csv` of a
 * synthetic country; a header line, names as they like).
 *
 * @throws VinculumError CSV_UNREADABLE, CSV_ROW_WRONG.
 */
export async function readTruthFile(path: string): Promise<TruthLabels> {
  const labels = new Map<string, string>();
  let row = -1;
  for await (const fields of readCsv(path, { trim: true })) {
    row++;
    if (fields.length !== 3) {
      throw new VinculumError('CSV_ROW_WRONG', `${path}: row ${row} has ${fields.length} fields, expected 3: `
        + 'register, record id, person', [{ row, reason: 'wrong number of fields' }]);
    }
    if (row > 0) labels.set(`${fields[0]}/${fields[1]}`, fields[2]);
  }
  return labels;
}

/**
 * Reads a CSV file with a header line (spaces around values are dropped) and encodes it in memory. A mapped
 * column that the file does not have is missing in every record, so that registers which hold different
 * fields can be linked with one mapping. A date that cannot be read gives the tokens that it can.
 *
 * @throws VinculumError CSV_UNREADABLE, COLUMNS_INVALID when the file has none of the mapped columns or lacks
 *   the id or truth column, CSV_ROW_WRONG when a row has another number of fields, CSV_EMPTY.
 */
export async function readTrialFile(path: string, reading: TrialReading): Promise<TrialFile> {
  const rows = readCsv(path, { trim: true });
  const header = await rows.next();
  if (header.done) throw new VinculumError('CSV_EMPTY', `${path}: expected a header line, found nothing`);
  const layout = trialLayout(path, header.value, reading);
  const recordIds: string[] = [];
  const truth: (string | null)[] = [];
  const values: string[][] = [];
  const groups = layout.by.map((): string[] => []);
  for await (const row of rows) {
    if (row.length !== header.value.length) {
      throw new VinculumError('CSV_ROW_WRONG', `${path}: row ${values.length + 1} has ${row.length} fields, `
        + `expected ${header.value.length}`, [{ row: values.length + 1, reason: 'wrong number of fields' }]);
    }
    const id = layout.id === null ? String(values.length + 1) : row[layout.id];
    recordIds.push(id);
    truth.push(labelOf(reading, layout.truth === null ? null : row[layout.truth], id));
    layout.by.forEach((place, c) => groups[c].push(place === null ? '' : row[place]));
    values.push(layout.roles.map((places) =>
      places.map((place) => row[place]).filter((value) => value !== '').join(' ')));
  }
  if (values.length === 0) throw new VinculumError('CSV_EMPTY', `${path}: expected records, found none`);
  const extract = encodeRecords(reading.spec, trialSecret(), reading.register, values);
  return { header: header.value, recordIds, truth, groups, extract };
}

/** Places in a row; `roles` in the order of the spec. */
interface TrialLayout {
  readonly roles: readonly (readonly number[])[];
  readonly id: number | null;
  readonly truth: number | null;
  readonly by: readonly (number | null)[];
}

function trialLayout(path: string, header: readonly string[], reading: TrialReading): TrialLayout {
  const roles = rolesOfSpec(reading.spec).map((role) =>
    (reading.columns.get(role) ?? []).filter((column) => header.includes(column))
      .map((column) => placeOf(column, header)));
  if (roles.every((places) => places.length === 0)) {
    throw new VinculumError('COLUMNS_INVALID',
      `${path}: expected at least one of the mapped columns, got ${describeHeader(header)}`);
  }
  return {
    roles,
    id: reading.id === undefined ? null : placeOf(reading.id, header),
    truth: reading.truth === undefined ? null : placeOf(reading.truth, header),
    by: (reading.by ?? []).map((column) => (header.includes(column) ? placeOf(column, header) : null)),
  };
}

function labelOf(
  { labels, register, truthPattern }: TrialReading, value: string | null, id: string,
): string | null {
  if (value !== null) return value === '' ? null : value;
  if (labels) return labels.get(`${register.registerId}/${id}`) ?? null;
  const match = truthPattern?.exec(id);
  return match ? match[1] ?? match[0] : null;
}

/** A secret that depends on nothing: enough for a trial whose encodings never leave memory. */
function trialSecret(): Uint8Array {
  return createHash('sha256').update('vinculum trial: encodings stay in memory').digest();
}
