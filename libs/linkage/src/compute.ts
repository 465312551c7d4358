import type { SharedFilters } from '#libs/compare';
import {
  performTask, type ComputeResult, type ComputeTask, type PairsTask, type RowsTask, type ScalingTask,
  type TablesTask,
} from './compute-task.js';
import { drive, type LinkageResources } from './pacing.js';
import type { TaskLog } from './task-log.js';

/** A task without the place where it will run. */
export type PlacelessTask =
  Placeless<RowsTask> | Placeless<PairsTask> | Placeless<TablesTask> | Placeless<ScalingTask>;
type Placeless<Task> = Omit<Task, 'filters' | 'workspace'>;

/** Number of workspaces that a run needs. */
export function workspacesFor({ compute }: LinkageResources): number {
  return Math.max(1, compute?.threads ?? 1);
}

/** Gives the tasks of a run to the threads, or does them here when there are none. */
export class Compute {
  private readonly free: number[];

  /** @param log is told how long each task took. */
  constructor(
    private readonly filters: SharedFilters, private readonly resources: LinkageResources,
    private readonly log: TaskLog | null = null,
  ) {
    this.free = Array.from(filters.workspaces.keys());
  }

  /** Tasks that run at a time. */
  get workers(): number {
    return this.filters.workspaces.length;
  }

  /**
   * Results in the order of the tasks, whichever ends first: what is made of them does not depend on the
   * number of threads. As many tasks as there are workspaces run at a time.
   */
  async* results(tasks: readonly PlacelessTask[]): AsyncGenerator<ComputeResult> {
    const running: Promise<ComputeResult>[] = [];
    let started = 0;
    const start = (): void => {
      while (started < tasks.length && this.free.length > 0) {
        const work = this.run(tasks[started++], start);
        // Whoever awaits it hears of a failure; a run that has failed already awaits no more.
        work.catch(() => undefined);
        running.push(work);
      }
    };
    start();
    for (let t = 0; t < tasks.length; t++) {
      const result = await running[t];
      this.resources.signal?.throwIfAborted();
      yield result;
    }
  }

  /** The only result of one task. */
  async result(task: PlacelessTask): Promise<ComputeResult> {
    for await (const result of this.results([task])) return result;
    throw new Error('a task ended without a result');
  }

  private async run(task: PlacelessTask, ended: () => void): Promise<ComputeResult> {
    const workspace = this.free.shift() as number;
    const whole = { ...task, filters: this.filters, workspace } as ComputeTask;
    const { compute } = this.resources;
    const logged = this.log?.start(task);
    try {
      const work = compute ? compute.run(whole) : drive(performTask(whole), this.resources, () => undefined);
      const result = await untilAborted(work, this.resources.signal);
      logged?.(result.comparisons);
      return result;
    } finally {
      this.free.push(workspace);
      if (!this.resources.signal?.aborted) ended();
    }
  }
}

/** Rejects as soon as the signal aborts; what the thread still does is in vain. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((done, fail) => {
    const abort = (): void => fail(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(done, fail).finally(() => signal.removeEventListener('abort', abort));
  });
}
