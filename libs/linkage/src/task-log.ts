import type { ComputeTask } from './compute-task.js';
import type { Stopwatch } from './stopwatch.js';

/** As much of a task as the log needs to know; it is told apart by being the same object. */
export type LoggedTask = Pick<ComputeTask, 'kind'>;

/** A task that is done; seconds by the stopwatch. */
export interface TimedTask {
  readonly task: LoggedTask;
  readonly started: number;
  readonly ended: number;
  readonly comparisons: number;
}

/** How long the tasks of a plan took, each where it ran, the way there and back included. */
export class TaskLog {
  private readonly tasks: TimedTask[] = [];

  constructor(private readonly stopwatch: Stopwatch) {}

  /** To be called when the task begins; what it gives back, when it has ended. */
  start(task: LoggedTask): (comparisons: number) => void {
    const started = this.stopwatch.seconds();
    return (comparisons) =>
      void this.tasks.push({ task, started, ended: this.stopwatch.seconds(), comparisons });
  }

  /** Takes out the tasks of a kind that have ended, in the order in which they did. */
  take(kind: LoggedTask['kind']): TimedTask[] {
    const taken = this.tasks.filter(({ task }) => task.kind === kind);
    const left = this.tasks.filter(({ task }) => task.kind !== kind);
    this.tasks.splice(0, this.tasks.length, ...left);
    return taken;
  }
}

/** Seconds of one worker for a comparison; 0 where nothing was compared. */
export function secondsAComparison(tasks: readonly TimedTask[]): number {
  const comparisons = tasks.reduce((sum, task) => sum + task.comparisons, 0);
  const seconds = tasks.reduce((sum, { started, ended }) => sum + ended - started, 0);
  return comparisons > 0 ? seconds / comparisons : 0;
}

/** Seconds from the start of the first task to the end of the last. */
export function secondsFromFirstToLast(tasks: readonly TimedTask[]): number {
  if (tasks.length === 0) return 0;
  return Math.max(...tasks.map(({ ended }) => ended)) - Math.min(...tasks.map(({ started }) => started));
}

/**
 * Seconds until workers that take the next task as soon as they are free are done with all, in their order.
 * Workers are at least 1.
 */
export function secondsOnWorkers(seconds: readonly number[], workers: number): number {
  const busyUntil = new Float64Array(workers);
  for (const task of seconds) {
    const next = busyUntil.reduce((best, until, worker) => (until < busyUntil[best] ? worker : best), 0);
    busyUntil[next] += task;
  }
  return Math.max(...busyUntil);
}
