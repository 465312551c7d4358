import type { TablePlan } from '#libs/block';
import type { CandidateCap } from './capped-pairs.js';
import type { Compute } from './compute.js';
import type { CountingTask } from './counting-task.js';
import { tableGroups, tablesTask } from './pair-joins.js';
import type { LoggedTask, TaskLog, TimedTask } from './task-log.js';

/** So many of the sampled tables are joined to be timed, at least so many for each worker and at most … */
const PROBED_SHARE = 0.05;
const LEAST_PROBES_OF_WORKER = 2;
const MOST_PROBES_OF_WORKER = 8;
/** What takes less than this many seconds altogether is done again, so many times at most. */
const LEAST_SECONDS = 0.05;
const MOST_REPETITIONS = 5;

/**
 * Seconds of one worker for each task in which the tables of a plan are joined: some are joined and timed,
 * and every other table of their kind takes as long for what it costs by the plan.
 *
 * Workers are as many at a time as in a run, so that what they take from each other is in it. Of sampled
 * tables those are drawn that stand at even steps of the summed costs, so that the mean of seconds over
 * costs is an estimate of the whole (sampling proportional to size: Hansen and Hurwitz 1943).
 */
export async function secondsOfTableTasks(
  task: CountingTask, plan: TablePlan, keep: Uint8Array, cap: CandidateCap, compute: Compute, log: TaskLog,
): Promise<number[]> {
  const probes = probedTables(plan, compute.workers);
  const tasks = probes.map((t) => tablesTask(task, [plan.tables[t]], keep, cap));
  const probeOf = new Map<LoggedTask, { readonly kind: string; readonly cost: number }>(
    tasks.map((one, p) => [one, { kind: plan.tables[probes[p]].kind, cost: plan.costs[probes[p]] }]));
  const timed: TimedTask[] = [];
  for (let round = 0; round < MOST_REPETITIONS && sumOf(timed.map(secondsOf)) < LEAST_SECONDS; round++) {
    const results = compute.results(tasks);
    while (!(await results.next()).done);
    timed.push(...log.take('tables'));
  }
  const rates = new Map<string, number>();
  for (const kind of new Set(plan.tables.map((table) => table.kind))) {
    const perCost = timed.flatMap((one) => {
      const probe = probeOf.get(one.task);
      return probe?.kind === kind ? [secondsOf(one) / probe.cost] : [];
    });
    rates.set(kind, sumOf(perCost) / Math.max(1, perCost.length));
  }
  const tables = plan.tables.map(({ kind }, t) =>
    ({ kind, seconds: plan.costs[t] * (rates.get(kind) ?? 0) }));
  return tableGroups(tables).map((group) => sumOf(group.map(({ seconds }) => seconds)));
}

/** Numbers of the tables that are timed: the first equal and keyed ones, and some that are sampled. */
export function probedTables(
  { tables, costs }: Pick<TablePlan, 'tables' | 'costs'>, workers: number,
): number[] {
  const numbers = Array.from(tables.keys());
  const others = ['equal', 'keyed'].map((kind) => tables.findIndex((table) => table.kind === kind));
  const sampled = numbers.filter((t) => tables[t].kind === 'sampled');
  const wanted = Math.min(MOST_PROBES_OF_WORKER * workers,
    Math.max(LEAST_PROBES_OF_WORKER * workers, Math.ceil(PROBED_SHARE * sampled.length)));
  const chosen = sampled.length <= wanted ? sampled : atEvenSteps(sampled, costs, wanted);
  return [...others.filter((t) => t >= 0), ...chosen];
}

/** Those in which the middles of so many equal steps of the summed costs lie; one may come twice. */
function atEvenSteps(numbers: readonly number[], costs: readonly number[], steps: number): number[] {
  const total = sumOf(numbers.map((t) => costs[t]));
  const chosen: number[] = [];
  let passed = 0;
  for (const t of numbers) {
    passed += costs[t];
    while (chosen.length < steps && ((chosen.length + 0.5) / steps) * total <= passed) chosen.push(t);
  }
  return chosen;
}

function secondsOf({ started, ended }: TimedTask): number {
  return ended - started;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
