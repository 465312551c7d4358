import { VinculumError } from '#libs/record';

/** A rule of the Office for National Statistics' kind: round to a base, publish from a threshold on. */
export interface RoundingRule {
  /** 2 or more. */
  readonly base: number;
  /** Counts that come out below this are suppressed. */
  readonly threshold: number;
  /** Counts up to this have a row of their own in the perturbation table. */
  readonly ownRows: number;
  /** Greater counts share this many last rows in turn: a divisor of `ownRows` and a multiple of `base`. */
  readonly sharedRows: number;
}

/** The 10-5 rule: rounded to 5, published from 10 on; 750 rows, the last 250 of them shared. */
export const TEN_FIVE_RULE: RoundingRule = { base: 5, threshold: 10, ownRows: 750, sharedRows: 250 };

/** The row of the perturbation table in which a count is looked up. */
export function sharedRow(count: number, { ownRows, sharedRows }: RoundingRule): number {
  return count <= ownRows ? count : ((count - 1) % sharedRows) + (ownRows - sharedRows) + 1;
}

/**
 * Change that the rule makes to a count, whatever its cell key: below the threshold everything is taken away,
 * from there on the count goes to the nearest multiple of the base (the greater one of two equally near).
 *
 * @throws VinculumError `CELL_INVALID` when the count is no whole number >= 0.
 */
export function roundingNoise(count: number, rule: RoundingRule): number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new VinculumError('CELL_INVALID', 'expected a count that is a whole number of 0 or more');
  }
  const row = sharedRow(count, rule);
  if (row < rule.threshold) return -row;
  const rest = row % rule.base;
  return 2 * rest < rule.base ? -rest : rule.base - rest;
}

/** The count that the rule publishes; null: suppressed. */
export function roundedCount(count: number, rule: RoundingRule): number | null {
  const rounded = count + roundingNoise(count, rule);
  return rounded < rule.threshold ? null : rounded;
}
