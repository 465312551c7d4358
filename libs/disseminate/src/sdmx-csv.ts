import { VinculumError } from '#libs/record';
import { readCsv, writeCsv } from './csv.js';
import { assertRelease, assertTableMetadata, type ReleaseTable, type TableMetadata } from './release-table.js';

/** A data message in SDMX-CSV 2.x whose rows all belong to one structure and one action. */
export interface SdmxCsvMessage {
  readonly structure: 'dataflow' | 'datastructure' | 'dataprovision';
  /** `AGENCY:ID(VERSION)`. */
  readonly structureId: string;
  /**
   * Replace, merge, delete, information, append; undefined where the column is absent (it then means
   * merge).
   */
  readonly action: 'R' | 'M' | 'D' | 'I' | 'A' | undefined;
  /** Ids of the columns that follow: dimensions, measures, attributes. */
  readonly components: readonly string[];
  /** One value for each component. */
  readonly observations: readonly (readonly string[])[];
}

/** SDMX-CSV's word for a number that is not there. */
const NOT_A_NUMBER = 'NaN';

const STRUCTURES = ['dataflow', 'datastructure', 'dataprovision'];
const ACTIONS = ['R', 'M', 'D', 'I', 'A'];
const STRUCTURE_ID = /^[A-Za-z][A-Za-z0-9_.-]*:[A-Za-z0-9_@$-]+\(\d+(\.\d+){0,2}[^()]*\)$/;

/**
 * A release as an SDMX-CSV 2.x data message that replaces what was there. Columns: `FREQ`, `REF_AREA`, the
 * table's dimensions, `TIME_PERIOD`, `OBS_VALUE`, `UNIT_MEASURE` (persons), `OBS_STATUS`, `CONF_STATUS`.
 * A suppressed
 * value is `NaN` with status `Q`.
 */
export function toSdmxCsv(release: ReleaseTable, metadata: TableMetadata): string {
  assertTableMetadata(metadata);
  assertRelease(release);
  return writeSdmxCsv({
    structure: 'dataflow',
    structureId: `${metadata.agency}:${metadata.dataflow}(${metadata.version})`,
    action: 'R',
    components: [
      'FREQ', 'REF_AREA', ...release.dimensions.map(({ id }) => id), 'TIME_PERIOD', 'OBS_VALUE',
      'UNIT_MEASURE', 'OBS_STATUS', 'CONF_STATUS',
    ],
    observations: release.cells.map(({ codes, value, obsStatus, confStatus }) => [
      'A', metadata.referenceArea, ...codes, metadata.timePeriod,
      value === null ? NOT_A_NUMBER : String(value), 'PS', obsStatus, confStatus,
    ]),
  });
}

/** Writes a message; rows end with LF. */
export function writeSdmxCsv(message: SdmxCsvMessage): string {
  const action = message.action === undefined ? [] : [message.action];
  const header = ['STRUCTURE', 'STRUCTURE_ID', ...action.map(() => 'ACTION'), ...message.components];
  const rows = message.observations.map((observation) => [
    message.structure, message.structureId, ...action, ...observation,
  ]);
  return writeCsv([header, ...rows], '\n');
}

/**
 * Reads a message with the columns `STRUCTURE,STRUCTURE_ID[,ACTION]` and components.
 *
 * @throws VinculumError `SDMX_CSV_INVALID` with the rows and reasons; `CSV_INVALID` for broken quoting.
 */
export function readSdmxCsv(text: string): SdmxCsvMessage {
  const [header, ...rows] = readCsv(text);
  if (header === undefined || header[0] !== 'STRUCTURE' || header[1] !== 'STRUCTURE_ID' || rows.length === 0) {
    throw new VinculumError('SDMX_CSV_INVALID',
      'expected a header that begins with STRUCTURE,STRUCTURE_ID and at least one observation');
  }
  const lead = header[2] === 'ACTION' ? 3 : 2;
  const components = header.slice(lead);
  const [first] = rows;
  const errors = rows.flatMap((row, i) => {
    const reasons = [
      row.length === header.length ? '' : `expected ${header.length} fields, got ${row.length}`,
      STRUCTURES.includes(row[0]) ? '' : `STRUCTURE: expected ${STRUCTURES.join(', ')}`,
      STRUCTURE_ID.test(row[1] ?? '') ? '' : 'STRUCTURE_ID: expected AGENCY:ID(VERSION)',
      lead === 2 || ACTIONS.includes(row[2]) ? '' : `ACTION: expected ${ACTIONS.join(', ')}`,
      first.slice(0, lead).every((value, k) => value === row[k]) ? '' : 'expected the structure of the first row',
    ].filter((reason) => reason !== '');
    return reasons.map((reason) => ({ row: i + 1, reason }));
  });
  if (new Set(components).size !== components.length) errors.push({ row: 0, reason: 'a component stands twice' });
  if (errors.length > 0) {
    throw new VinculumError('SDMX_CSV_INVALID', `SDMX-CSV refused: ${errors.length} errors`, errors.slice(0, 100));
  }
  return {
    structure: first[0] as SdmxCsvMessage['structure'],
    structureId: first[1],
    action: lead === 3 ? first[2] as SdmxCsvMessage['action'] : undefined,
    components,
    observations: rows.map((row) => row.slice(lead)),
  };
}
