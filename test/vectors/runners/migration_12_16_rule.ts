import {
  dayOf, twelveSixteenMonthRule, weighCrossing,
  type Crossing, type CrossingOutcome, type DurationRule,
} from '#libs/cohort';
import { Tally, type VectorResult } from '../vector-runner.js';

interface File {
  params: { window_days: number; threshold_days: number; non_migration_days: number; instant_days: number };
  cases: {
    scenario: string;
    initial?: { res_status: number | null; date_finalised: string | null } | null;
    crossings: { date: string; is_arrival: number }[];
    expect: Record<string, Record<string, number>>;
    computed?: Record<string, string | number>[];
  }[];
}

/** Histories of border crossings, and what the 12/16-month rule says about each crossing. */
export function run(content: string, _fileName: string): VectorResult {
  const { params, cases } = JSON.parse(content) as File;
  const rule: DurationRule = { windowDays: params.window_days, thresholdDays: params.threshold_days };
  const tally = new Tally();
  for (const history of cases) check(history, rule, tally);
  return tally;
}

function check(history: File['cases'][number], rule: DurationRule, tally: Tally): void {
  const crossings = history.crossings.map((crossing): Crossing => ({
    day: dayOf(crossing.date), direction: crossing.is_arrival === 1 ? 'arrive' : 'depart',
  }));
  const { initial } = history;
  const known = initial !== undefined && initial !== null && initial.res_status !== null;
  const outcomes = twelveSixteenMonthRule(crossings, known
    ? {
      resident: initial.res_status === 1,
      settledOn: dayOf(initial.date_finalised ?? history.crossings[0].date),
    }
    : undefined, rule);
  const origin = outcomes[0].beforeSettledOn;
  for (const [position, expected] of Object.entries(history.expect)) {
    const outcome = outcomes[Number(position) - 1];
    for (const [name, wanted] of Object.entries(expected)) {
      tally.equal(`${history.scenario} / ${position} / ${name}`, actual(name, outcome, origin), wanted);
    }
  }
  (history.computed ?? []).forEach((row, i) => {
    const label = `${history.scenario} / computed ${i + 1}`;
    tally.equal(`${label} ra_date`, outcomes[i].afterSettledOn, dayOf(String(row['ra_date'])));
    tally.equal(`${label} ltm_date`, outcomes[i].longTermMigrationSettledOn, dayOf(String(row['ltm_date'])));
  });
  // A weighing never says both: the crossing's own outcome agrees with it wherever it may change the status.
  outcomes.forEach((outcome, i) => {
    if ((crossings[i].direction === 'arrive') === outcome.residentBefore) return;
    tally.equal(`${history.scenario} / ${i + 1} weighed`,
      weighCrossing(crossings, i, rule).migrates, outcome.longTermMigration);
  });
}

function actual(name: string, outcome: CrossingOutcome, origin: number): number {
  switch (name) {
    case 'res_status_before': return Number(outcome.residentBefore);
    case 'res_status_after': return Number(outcome.residentAfter);
    case 'is_long_term_mig': return Number(outcome.longTermMigration);
    case 'date_finalised_res_before_days': return outcome.beforeSettledOn - origin;
    case 'date_finalised_res_after_days': return outcome.afterSettledOn - origin;
    case 'date_finalised_LTM_days': return outcome.longTermMigrationSettledOn - origin;
    default: throw new Error(`no such expectation: ${name}`);
  }
}
