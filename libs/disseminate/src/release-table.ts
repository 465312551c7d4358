import { VinculumError } from '#libs/record';

/** A protected table, as the disclosure room releases it. Nothing here can be traced to the counts before. */
export interface ReleaseTable {
  readonly dimensions: readonly { readonly id: string; readonly codes: readonly string[] }[];
  readonly cells: readonly ReleaseCell[];
  readonly policy: {
    readonly name: string; readonly minimumCount: number; readonly perturbationTableHash: string;
  };
}

export interface ReleaseCell {
  /** One code for each dimension. */
  readonly codes: readonly string[];
  /** Persons, perturbed; null: suppressed. */
  readonly value: number | null;
  /** SDMX CL_OBS_STATUS. */
  readonly obsStatus: string;
  /** SDMX CL_CONF_STATUS. */
  readonly confStatus: string;
}

/** What the writers must be told about a table. */
export interface TableMetadata {
  /** Maintenance agency of the dataflow, SDMX id, for example `NSO_XX`. */
  readonly agency: string;
  /** SDMX id of the dataflow, for example `DF_MIGR_STOCK`. */
  readonly dataflow: string;
  /** Three-part version of the dataflow, for example `1.0.0`. */
  readonly version: string;
  readonly title: string;
  /** ISO 3166-1 alpha-2 code of the country counted. */
  readonly referenceArea: string;
  /** SDMX time period: `2024` or `2024-12-31`. */
  readonly timePeriod: string;
}

/** @throws VinculumError `TABLE_METADATA_INVALID` with every reason. */
export function assertTableMetadata(metadata: TableMetadata): void {
  const shapes: readonly [keyof TableMetadata, RegExp, string][] = [
    ['agency', /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*$/, 'an SDMX agency id'],
    ['dataflow', /^[A-Za-z0-9_@$-]+$/, 'an SDMX id'],
    ['version', /^\d+\.\d+\.\d+$/, 'a version of three numbers'],
    ['title', /^[^\p{Cc}]{1,200}$/u, '1..200 characters on one line'],
    ['referenceArea', /^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 code'],
    ['timePeriod', /^\d{4}(-\d{2}-\d{2})?$/, 'a year or a date'],
  ];
  const reasons = shapes.filter(([member, shape]) => !shape.test(metadata[member]))
    .map(([member, , expected]) => `${member}: expected ${expected}`);
  if (reasons.length > 0) throw new VinculumError('TABLE_METADATA_INVALID', reasons.join('; '));
}

/**
 * The pair assertion of the disclosure room: a cell is either a whole number with status A/F, or nothing
 * with Q.
 *
 * @throws VinculumError `RELEASE_INVALID`
 */
export function assertRelease(release: ReleaseTable): void {
  const sound = release.cells.every(({ codes, value, obsStatus, confStatus }) =>
    codes.length === release.dimensions.length
    && (value === null ? obsStatus === 'Q' && confStatus !== 'F'
      : Number.isSafeInteger(value) && value >= 0 && obsStatus === 'A' && confStatus === 'F'));
  if (!sound) {
    throw new VinculumError('RELEASE_INVALID',
      'expected cells with one code for each dimension and a value that agrees with its status');
  }
}
