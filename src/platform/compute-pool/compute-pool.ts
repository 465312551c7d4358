import { availableParallelism } from 'node:os';
import { join as joinPath } from 'node:path';
import Piscina from 'piscina';
import {
  prepareJoin, sortedPairs, stopJoin, tilesTaken,
  type FilterTable, type JoinedPairs, type JoinSpec, type PreparedJoin,
} from '#libs/compare';
import { VinculumError } from '#libs/record';
import { joinKernel } from '../kernels/join-kernel.js';
import { packageRoot } from '../settings/policy-document.js';
import type { JoinShareAnswer, JoinShareTask } from './join-worker.js';

/** From the built program also where the service itself runs from sources under test. */
const WORKER = joinPath('dist', 'src', 'platform', 'compute-pool', 'join-worker.js');
const PROGRESS_EVERY_MS = 200;

export interface JoinResources {
  /** Kernel by name; the fastest that runs here when absent. */
  readonly kernel?: string;
  /** Aborting ends the join after the tiles at hand, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told now and then; the fraction done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Threads for long computations, started when they are needed. Results do not depend on their number. */
export class ComputePool {
  private readonly pool: Piscina<JoinShareTask, JoinShareAnswer>;

  constructor(readonly threads: number = availableParallelism()) {
    this.pool = new Piscina({
      filename: joinPath(packageRoot(), WORKER), name: 'takeJoinShare', minThreads: 0, maxThreads: threads,
      idleTimeout: 10_000,
    });
  }

  /**
   * `joinAll` on all threads, over one shared memory: each takes tiles by an atomic counter.
   *
   * @throws VinculumError as `joinAll` does; the signal's reason when it aborts.
   */
  async join(
    a: FilterTable, b: FilterTable, spec: JoinSpec, resources: JoinResources = {},
  ): Promise<JoinedPairs> {
    resources.signal?.throwIfAborted();
    const { cost } = joinKernel(resources.kernel);
    return this.joinPrepared(prepareJoin(a, b, spec, cost, this.threads), resources);
  }

  /** A join that `prepareJoin` laid out, with as many threads as it has workspaces. */
  async joinPrepared(prepared: PreparedJoin, resources: JoinResources = {}): Promise<JoinedPairs> {
    const { signal, onProgress } = resources;
    const kernel = joinKernel(resources.kernel);
    const stop = (): void => stopJoin(prepared);
    signal?.addEventListener('abort', stop, { once: true });
    const progress = onProgress && setInterval(
      () => onProgress(tilesTaken(prepared) / Math.max(1, prepared.tilesOfA)), PROGRESS_EVERY_MS);
    try {
      const shares = await Promise.allSettled(prepared.workspaces.map(async (_, worker) => {
        const answer = await this.pool.run({ join: prepared, worker, kernel: kernel.name });
        if ('rows' in answer) return answer.rows;
        stop();
        throw new VinculumError(answer.code, answer.message);
      }));
      signal?.throwIfAborted();
      const failed = shares.find((share) => share.status === 'rejected');
      if (failed) throw failed.reason as Error;
      return sortedPairs(shares.flatMap((share) => (share.status === 'fulfilled' ? [share.value] : [])),
        prepared.recordsOfA);
    } finally {
      clearInterval(progress);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
