import { writeCsv } from './csv.js';
import { assertRelease, assertTableMetadata, type ReleaseTable, type TableMetadata } from './release-table.js';

/**
 * A release as RFC 4180 text: a header of the dimensions, `TIME_PERIOD`, `OBS_VALUE`, `OBS_STATUS` and
 * `CONF_STATUS`, then one row a cell in the release's order. A suppressed value is empty.
 */
export function toCsv(release: ReleaseTable, metadata: TableMetadata): string {
  assertTableMetadata(metadata);
  assertRelease(release);
  const header = [...release.dimensions.map(({ id }) => id), 'TIME_PERIOD', 'OBS_VALUE', 'OBS_STATUS', 'CONF_STATUS'];
  return writeCsv([header, ...release.cells.map(({ codes, value, obsStatus, confStatus }) => [
    ...codes, metadata.timePeriod, value === null ? '' : String(value), obsStatus, confStatus,
  ])]);
}
