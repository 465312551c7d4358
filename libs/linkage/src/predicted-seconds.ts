import type { EncodedExtract } from '#libs/record';
import type { ComparisonScheme } from '#libs/compare';
import type { Compute, PlacelessTask } from './compute.js';
import type { CountingTask, JoinEvidence } from './counting-task.js';
import { secondsToJudge, type JudgingProbe } from './judging-probe.js';
import type { LinkageResources } from './pacing.js';
import { comparisonsOfTasks, joinSample } from './pair-joins.js';
import type { Stopwatch } from './stopwatch.js';
import { secondsOfTableTasks } from './table-probe.js';
import { secondsAComparison, secondsFromFirstToLast, secondsOnWorkers, TaskLog } from './task-log.js';
import { pairsWithin, type PlannedCounting } from './vector-counts.js';

/** How long a run would take here and now, with the resources that it was planned with. */
export interface PredictedSeconds {
  /** All of it; what reading the extracts takes is not known here. */
  readonly total: number;
  /** Copying the filters and, where they are of one segment, scaling them. */
  readonly preparing: number;
  /** Counting the non-matches within unique registers. */
  readonly nonMatches: number;
  /** Comparing and judging every two registers, in their order. */
  readonly comparing: readonly number[];
  /** Threshold, entities and expected quality. */
  readonly deciding: number;
}

/** What `planCounting` was given, and what came of it. */
export interface PlannedPair extends Omit<JudgingProbe, 'evidence' | 'expectedPairs' | 'plan'> {
  readonly task: CountingTask;
  readonly planned: PlannedCounting;
}

/** Pairs that are joined to be timed where the plan joins none. */
const PROBED_PAIRS = 2e6;

/**
 * Predicts seconds from the planning itself, step by step: what a run does just so takes as long again, what
 * it does more of is timed as it is planned, by the comparison, or is tried out on a part.
 */
export class SecondsPredictor {
  private readonly tasks: TaskLog;
  private stepBegan: number;
  private preparing = 0;
  private nonMatches = 0;
  private readonly comparing: number[] = [];
  private deciding = 0;

  constructor(
    private readonly stopwatch: Stopwatch, private readonly resources: LinkageResources,
    private readonly workers: number,
  ) {
    this.tasks = new TaskLog(stopwatch);
    this.stepBegan = stopwatch.seconds();
  }

  /** What `Compute` is to tell of its tasks. */
  get log(): TaskLog {
    return this.tasks;
  }

  /** The filters are copied and scaled. A thread that starts only now is not to be timed as one at work. */
  async prepared(compute: Compute, scheme: ComparisonScheme): Promise<void> {
    const keep = new Uint8Array(scheme.vectors);
    const results = compute.results(Array.from({ length: this.workers }, (): PlacelessTask =>
      ({ kind: 'pairs', a: 0, b: 0, scheme, keep, pairs: Uint32Array.of(0, 0) })));
    while (!(await results.next()).done);
    this.preparing = this.step();
  }

  /** Known non-matches are counted in samples of the registers: a run counts more. */
  countedNonMatches(
    extracts: readonly EncodedExtract[], known: readonly unknown[], blocking: CountingTask['blocking'],
  ): void {
    const rate = secondsAComparison(this.tasks.take('rows'));
    extracts.forEach(({ records }, x) => {
      if (known[x] === null) return;
      const { pairs, rows } = pairsWithin(records, blocking);
      this.nonMatches += this.onWorkers(comparisonsOfTasks(rows, records, pairs), rate);
    });
    this.step();
  }

  /** Two registers are planned. Seconds for comparing and judging them; those for entities are added up. */
  async plannedPair(pair: PlannedPair, compute: Compute): Promise<number> {
    const { planned, task } = pair;
    const joins = this.tasks.take('rows');
    // All but the join of the sample is what a run does just so.
    const again = Math.max(0, this.step() - secondsFromFirstToLast(joins));
    const { plan, joinedPairs } = planned;
    const { records: recordsOfA } = task.filters.extracts[task.a];
    const { records: recordsOfB } = task.filters.extracts[task.b];
    const evidence = planned.evidence ?? await joinedHere(pair, compute);
    const rate = secondsAComparison(planned.evidence ? joins : this.tasks.take('rows'));
    const sampleJoin = this.onWorkers(
      comparisonsOfTasks(Math.ceil(joinedPairs / recordsOfB), recordsOfB, joinedPairs), rate);
    const join = plan.kind === 'exhaustive'
      ? this.onWorkers(comparisonsOfTasks(recordsOfA, recordsOfB, plan.pairs), rate)
      : secondsOnWorkers(await secondsOfTableTasks(
        task, plan, planned.rare, planned.cap, compute, this.tasks), this.workers);
    const { judging, deciding } = await secondsToJudge(
      { ...pair, evidence, expectedPairs: planned.expectedPairs, plan }, this.stopwatch, this.resources);
    const seconds = again + sampleJoin + join + judging;
    this.comparing.push(seconds);
    this.deciding += deciding;
    this.step();
    return seconds;
  }

  predicted(): PredictedSeconds {
    const { preparing, nonMatches, comparing, deciding } = this;
    const total = comparing.reduce((sum, seconds) => sum + seconds, preparing + nonMatches + deciding);
    return { total, preparing, nonMatches, comparing, deciding };
  }

  /** Seconds since the last step; the next begins. */
  private step(): number {
    const now = this.stopwatch.seconds();
    const seconds = now - this.stepBegan;
    this.stepBegan = now;
    return seconds;
  }

  private onWorkers(comparisons: readonly number[], rate: number): number {
    return secondsOnWorkers(comparisons.map((count) => count * rate), this.workers);
  }
}

/** Evidence where the plan needs none: a sample of rows with all rows of the other register. */
async function joinedHere(
  { task, planned: { rare, cap } }: PlannedPair, compute: Compute,
): Promise<JoinEvidence> {
  const pairsInTask = Math.ceil(PROBED_PAIRS / compute.workers);
  const { rows, scale, counts, kept } = await joinSample(
    { ...task, pairsInTask }, compute, rare, cap, PROBED_PAIRS, () => undefined);
  return {
    rows, scale, rare, pairs: kept, counts: counts.map((count) => count * scale),
    reliable: new Uint8Array(counts.length).fill(1),
  };
}
