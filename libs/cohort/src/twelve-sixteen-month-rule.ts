import { VinculumError } from '#libs/record';
import type { Day } from './calendar.js';

/** A change between presence in the country and absence from it. */
export interface Crossing {
  readonly day: Day;
  readonly direction: 'arrive' | 'depart';
}

/** How long is long enough. A window of observation, and the days in it that make a migration. */
export interface DurationRule {
  /** Days after the crossing that are looked at, Tw. */
  readonly windowDays: number;
  /** Days on the new side within the window that make the crossing a migration, Tm. */
  readonly thresholdDays: number;
}

/** 12 of 16 months: 365 of 487 days. */
export const TWELVE_OF_SIXTEEN_MONTHS: DurationRule = { windowDays: 487, thresholdDays: 365 };

/** Six months and a day: most (183) of 365 days. */
export const SIX_MONTHS_AND_A_DAY: DurationRule = { windowDays: 365, thresholdDays: 183 };

export interface InitialResidence {
  readonly resident: boolean;
  /**
   * The day on which the status was settled. Where the outcome of a crossing is settled on this very day,
   * the given status stands in place of that outcome.
   */
  readonly settledOn: Day;
}

/** What the rule says about one crossing. */
export interface CrossingOutcome {
  readonly residentBefore: boolean;
  readonly residentAfter: boolean;
  /** Whether the crossing is a long-term migration. */
  readonly longTermMigration: boolean;
  /** The days on which each of the three was settled: information about later days is not needed. */
  readonly beforeSettledOn: Day;
  readonly afterSettledOn: Day;
  readonly longTermMigrationSettledOn: Day;
}

export interface Weighing {
  readonly migrates: boolean;
  /** First day on which this is certain, whatever happens later. */
  readonly decidedOn: Day;
  /** Index of the crossing after which the decision fell. */
  readonly decidedAt: number;
}

/**
 * Weighs a crossing: does the person spend the threshold on the new side within the window, before
 * spending more than the rest of the window on the old side? The side reached by the last crossing is
 * taken to last: whether that is yet certain, `decidedOn` tells.
 *
 * `crossings` alternate in direction and do not go back in time.
 */
export function weighCrossing(crossings: readonly Crossing[], index: number, rule: DurationRule): Weighing {
  const { windowDays, thresholdDays } = rule;
  const restDays = windowDays - thresholdDays;
  const start = crossings[index].day;
  let newSide = 0;
  let oldSide = 0;
  for (let m = index; m < crossings.length; m += 1) {
    const stay = m + 1 < crossings.length ? crossings[m + 1].day - crossings[m].day : windowDays;
    if ((m - index) % 2 === 0) newSide += stay;
    else oldSide += stay;
    if (oldSide > restDays) return { migrates: false, decidedOn: start + restDays + newSide, decidedAt: m };
    if (newSide >= thresholdDays) {
      return { migrates: true, decidedOn: start + thresholdDays + oldSide, decidedAt: m };
    }
  }
  // The last stay counts as a whole window, so one of the two sides has won by now.
  throw new Error('12/16-month rule: no decision');
}

/**
 * The outcomes-based rule for border crossings alone, with the days on which each outcome is settled.
 *
 * A person's crossings are taken in order. One whose direction cannot change the status changes nothing.
 * Any other is
 * weighed (`weighCrossing`). A return within twice the rest of the window (8 months) of a start can
 * already be called no
 * long-term migration on its own day, whatever follows. Without an initial status, a first departure
 * means a resident.
 * Source: the 12/16-month rule as Statistics New Zealand publishes it (outcomes-based migration
 * measure), with the
 * strict comparison of days on the old side that its production code uses.
 *
 * @throws VinculumError `CROSSINGS_INVALID` when the crossings go back in time or do not alternate: such
 *   a history is set aside, not guessed at.
 */
export function twelveSixteenMonthRule(
  crossings: readonly Crossing[], initial: InitialResidence | undefined,
  rule: DurationRule = TWELVE_OF_SIXTEEN_MONTHS,
): CrossingOutcome[] {
  assertCrossings(crossings);
  const instantDays = 2 * (rule.windowDays - rule.thresholdDays);
  const earlyNo = new Map<number, Day>();
  const outcomes: CrossingOutcome[] = [];
  let resident = initial?.resident ?? crossings[0]?.direction === 'depart';
  let settled = Number.NEGATIVE_INFINITY;
  crossings.forEach((crossing, i) => {
    if (settled === initial?.settledOn) resident = initial.resident;
    const residentBefore = resident;
    const beforeSettledOn = Math.max(settled, crossing.day);
    let longTermMigration = false;
    let afterSettledOn = beforeSettledOn;
    if ((crossing.direction === 'arrive') !== resident) {
      const { migrates, decidedOn, decidedAt } = weighCrossing(crossings, i, rule);
      longTermMigration = migrates;
      afterSettledOn = Math.max(decidedOn, beforeSettledOn);
      if (migrates) resident = !resident;
      for (let next = i + 1; next <= decidedAt; next += 2) {
        const { day } = crossings[next];
        // The first start that called it is the earliest day on which it was known.
        const early = day < beforeSettledOn + instantDays && !earlyNo.has(next);
        if (early) earlyNo.set(next, Math.max(day, beforeSettledOn));
      }
    }
    settled = afterSettledOn;
    outcomes.push({
      residentBefore, residentAfter: resident, longTermMigration, beforeSettledOn, afterSettledOn,
      longTermMigrationSettledOn: longTermMigration ? afterSettledOn : earlyNo.get(i) ?? afterSettledOn,
    });
  });
  return outcomes;
}

function assertCrossings(crossings: readonly Crossing[]): void {
  for (let i = 1; i < crossings.length; i += 1) {
    const [before, after] = [crossings[i - 1], crossings[i]];
    if (after.day < before.day || after.direction === before.direction) {
      throw new VinculumError('CROSSINGS_INVALID',
        `crossing ${i + 1}: expected no earlier day than the crossing before it and the other direction`);
    }
  }
}
