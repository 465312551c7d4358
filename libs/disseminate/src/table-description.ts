import { assertRelease, assertTableMetadata, type ReleaseTable, type TableMetadata } from './release-table.js';

/** Public parameters of the noise; see the disclosure policy. */
export interface PublicNoise {
  readonly maximumNoise: number;
  readonly variance: number;
  readonly blockedUpTo: number;
}

/** What stands beside a released table: what it is, how it was protected, what it leaks. */
export interface TableDescription {
  readonly title: string;
  readonly dataflow: string;
  readonly referenceArea: string;
  readonly timePeriod: string;
  readonly unit: 'persons';
  readonly dimensions: readonly string[];
  readonly cells: number;
  readonly suppressedCells: number;
  /** Parameters that are public. Keys, counts and noise are not, and have no place here. */
  readonly protection: {
    readonly method: 'cell-key perturbation and minimum count';
    readonly policy: string;
    readonly minimumCount: number;
    readonly perturbationTableHash: string;
    readonly noise: PublicNoise;
  };
  readonly notes: readonly string[];
  readonly leaks: string;
}

/**
 * The metadata block of a release, as a JSON value.
 *
 * @throws VinculumError `TABLE_METADATA_INVALID` or `RELEASE_INVALID`
 */
export function describeTable(
  release: ReleaseTable, metadata: TableMetadata, noise: PublicNoise,
): TableDescription {
  assertTableMetadata(metadata);
  assertRelease(release);
  const { name, minimumCount, perturbationTableHash } = release.policy;
  const { maximumNoise, variance, blockedUpTo } = noise;
  return {
    title: metadata.title,
    dataflow: `${metadata.agency}:${metadata.dataflow}(${metadata.version})`,
    referenceArea: metadata.referenceArea,
    timePeriod: metadata.timePeriod,
    unit: 'persons',
    dimensions: release.dimensions.map(({ id }) => id),
    cells: release.cells.length,
    suppressedCells: release.cells.filter(({ value }) => value === null).length,
    protection: {
      method: 'cell-key perturbation and minimum count', policy: name, minimumCount, perturbationTableHash,
      noise: { maximumNoise, variance, blockedUpTo },
    },
    notes: [
      `Values carry noise of mean 0, variance ${variance} and at most ${maximumNoise} either way. `
        + 'Empty cells are shown as 0. One set of people has one value in every table.',
      'Totals carry noise of their own, so they are not the sums of their parts. '
        + 'Do not repair them by subtraction.',
      `A cell whose count or whose perturbed value lies below the minimum count (${minimumCount}, more for some `
        + 'groups) is suppressed: OBS_STATUS Q, CONF_STATUS A. There is no secondary suppression.',
    ],
    leaks: `A value tells the count to within ${maximumNoise} persons. A suppressed cell tells that somebody is in it. `
      + 'Two different values tell that two sets of people differ, not by whom. Suppressed cells can be estimated from '
      + 'margins, with the noise of all cells used. The parameters above tell the distribution of the noise, not '
      + 'the noise.',
  };
}
