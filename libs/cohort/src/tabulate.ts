import { VinculumError } from '#libs/record';
import { yearBounds, dayOf, type Day } from './calendar.js';
import { AGE_GROUPS, ageGroup, completedYears } from './age-group.js';
import { resolveContent } from './content-precedence.js';
import type { CohortDefinition, DimensionId } from './definition.js';
import type { PersonHistory } from './person-history.js';
import { presenceOf } from './presence-evidence.js';
import { immigration, residencePeriods, usualResident } from './residence.js';

/** SDMX code of the total of a dimension. */
export const TOTAL = '_T';

/** Codes of each dimension in the order of presentation, the total last. */
export const DIMENSION_CODES: Readonly<Record<DimensionId, readonly string[]>> = {
  SEX: ['F', 'M', '_O', '_N', '_U', TOTAL],
  AGE: [...AGE_GROUPS, TOTAL],
  CITIZENSHIP_GRP: ['NAT', 'FOR', 'STLS', 'UNK', TOTAL],
};

/** Unprotected counts: for the eyes of the disclosure room only. */
export interface CohortTable {
  readonly dimensions: readonly { readonly id: DimensionId; readonly codes: readonly string[] }[];
  /**
   * Every combination of codes, margins and empty cells included, the last dimension running fastest: which
   * cells exist says nothing about the people.
   */
  readonly cells: readonly CohortCell[];
}

export interface CohortCell {
  readonly codes: readonly string[];
  /** Persons. */
  readonly count: number;
  /** Sum of the persons' record keys modulo 2^32. */
  readonly cellKey: number;
}

/**
 * Counts the members of a cohort by the definition's dimensions, with every margin. Goes through the
 * histories once
 * and keeps nothing but the cells. Each entity comes once; the order of histories, records and events
 * does not
 * matter. Age and citizenship are those of the reference date, or of the last day of the year.
 *
 * @param recordKey entity -> uint32.
 * @throws VinculumError `CODE_UNKNOWN` when a record carries a code outside its code list.
 */
export function tabulate(
  definition: CohortDefinition, histories: Iterable<PersonHistory>,
  recordKey: (entity: string | number) => number,
): CohortTable {
  const dimensions = definition.dimensions.map((id) => ({ id, codes: DIMENSION_CODES[id] }));
  const cells = emptyCells(dimensions.map(({ codes }) => codes));
  const strides = dimensions.map(
    (_, d) => dimensions.slice(d + 1).reduce((product, { codes }) => product * codes.length, 1));
  for (const history of histories) {
    const member = memberCodes(definition, history);
    if (member === undefined) continue;
    const key = recordKey(history.entity);
    const positions = dimensions.map(({ id, codes }) => positionOf(id, codes, member[id]));
    for (let margins = 0; margins < 1 << dimensions.length; margins += 1) {
      const index = positions.reduce((sum, position, d) => sum
        + strides[d] * (margins & (1 << d) ? dimensions[d].codes.length - 1 : position), 0);
      const cell = cells[index];
      cell.count += 1;
      cell.cellKey = (cell.cellKey + key) >>> 0;
    }
  }
  return { dimensions, cells };
}

/** Codes of a member of the cohort; undefined for anybody else. */
export function memberCodes(
  definition: CohortDefinition, history: PersonHistory,
): Readonly<Record<DimensionId, string>> | undefined {
  const day = isMember(definition, history);
  if (day === undefined) return undefined;
  const content = resolveContent(history, definition);
  return {
    SEX: content.sex,
    AGE: ageGroup(completedYears(content.birthMonth, day)),
    CITIZENSHIP_GRP: content.citizenshipGroupAt(day),
  };
}

/** The day for which a member is described, or undefined for those outside the cohort. */
function isMember(definition: CohortDefinition, history: PersonHistory): Day | undefined {
  const periods = residencePeriods(presenceOf(history, definition), definition.durationCriterion);
  if (definition.concept === 'usual-residents') {
    const day = dayOf(definition.referenceDate ?? '');
    return usualResident(periods, day) ? day : undefined;
  }
  const { first, last } = yearBounds(definition.period?.year ?? Number.NaN);
  return immigration(periods, first, last) === undefined ? undefined : last;
}

/**
 * An unmapped code is refused: counted nowhere it would break the totals, counted as unknown it would
 * lie.
 */
function positionOf(id: DimensionId, codes: readonly string[], code: string): number {
  const position = codes.indexOf(code);
  if (position < 0 || code === TOTAL) {
    throw new VinculumError('CODE_UNKNOWN', `${id}: a record carries a code that the code list does not have`);
  }
  return position;
}

interface GrowingCell { readonly codes: string[]; count: number; cellKey: number }

function emptyCells(codes: readonly (readonly string[])[]): GrowingCell[] {
  const combinations = codes.reduce<string[][]>(
    (rows, list) => rows.flatMap((row) => list.map((code) => [...row, code])), [[]]);
  return combinations.map((combination) => ({ codes: combination, count: 0, cellKey: 0 }));
}
