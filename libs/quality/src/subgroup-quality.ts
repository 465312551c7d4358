import type { ExpectedPairs } from './expected-quality.js';
import { errorRates, type ErrorRates } from './error-rates.js';

/** A property of records that quality is told by, as far as it is known. */
export interface RecordCategory {
  /** For example `sex` or `age`. */
  readonly name: string;
  /** Names of the groups; group g of a record is `groups[g - 1]`. */
  readonly groups: readonly string[];
  /** For each extract, the group of each row; 0 where it is not known. */
  readonly groupOf: readonly Uint16Array[];
}

/** Expected quality of one group; null where the group is too small to be told apart. */
export interface GroupQuality {
  readonly group: string;
  readonly quality: ErrorRates | null;
}

/** Groups with fewer records than this, or fewer expected matches, are not told. */
export const LEAST_OF_GROUP = 50;

/** What is known of a group. */
export interface GroupEvidence {
  readonly group: string;
  readonly records: number;
  readonly linked: ExpectedPairs;
  readonly missed: number;
}

/**
 * Expected quality by group, the groups in their order. Where exactly one group is too small, the smallest of
 * the others is withheld with it: the whole less the others would tell it. Shares are rounded to three
 * digits and no count is given.
 *
 * @param pairsOfRecord see `LinkedPairs`, over all groups.
 */
export function groupQuality(groups: readonly GroupEvidence[], pairsOfRecord: number): GroupQuality[] {
  const size = ({ records, linked, missed }: GroupEvidence): number =>
    Math.min(records, linked.matches + missed);
  const told = groups.map((group) => size(group) >= LEAST_OF_GROUP);
  if (told.filter((one) => !one).length === 1) {
    const others = groups.map((group, g) => ({ g, size: size(group) })).filter(({ g }) => told[g]);
    const smallest = others.sort((x, y) => x.size - y.size || x.g - y.g).at(0);
    if (smallest) told[smallest.g] = false;
  }
  return groups.map(({ group, linked, missed }, g) => ({
    group,
    quality: told[g] ? rounded(errorRates({
      pairs: linked.pairs, matches: linked.matches, missed, pairsOfRecord,
      pairsOfEntity: linked.pairs === 0 ? 1 : linked.squaredByEntity / linked.pairs,
    })) : null,
  }));
}

function rounded({ precision, recall, precisionInterval, recallInterval }: ErrorRates): ErrorRates {
  const digits = (share: number): number => Math.round(share * 1e3) / 1e3;
  return {
    precision: digits(precision), recall: digits(recall),
    precisionInterval: { lower: digits(precisionInterval.lower), upper: digits(precisionInterval.upper) },
    recallInterval: { lower: digits(recallInterval.lower), upper: digits(recallInterval.upper) },
  };
}

/**
 * Missed matches of each group. Links that were looked at and not made count with their probability for the
 * group that they are of; matches that no comparison shows are spread over the groups by the matches that
 * were found. So a group whose records err in every field at once looks better than it is.
 *
 * @param missed expected number of missed matches over all groups.
 * @param unmade sum of the probabilities of the links not made, by group.
 * @param found expected matches that were found, by group.
 */
export function missedByGroup(
  missed: number, unmade: readonly number[], found: readonly number[],
): number[] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [seen, all] = [sum(unmade), sum(found)];
  if (seen >= missed) return unmade.map((value) => (seen === 0 ? 0 : (value * missed) / seen));
  return unmade.map((value, g) => value + (all === 0 ? 0 : ((missed - seen) * found[g]) / all));
}
