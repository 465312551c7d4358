import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ComputeResult, ComputeTask, ComputeThreads } from '#libs/linkage';
import type { EncodedExtract } from '#libs/record';
import { candidateKernel } from '../platform/kernels/candidate-kernel.js';
import { useLargePages } from '../platform/kernels/native-candidate-kernels.js';
import { packageRoot } from '../platform/settings/policy-document.js';

/** What a compute thread says about its task. */
export type ComputeAnswer =
  | { readonly kind: 'result'; readonly result: ComputeResult }
  | { readonly kind: 'failed'; readonly stack: string };

/** From the built program also where the service itself runs from sources under test. */
const THREAD = join('dist', 'src', 'linkage-runs', 'compute-thread.js');

/** Threads for one linkage run. To close them is to stop whatever they do. */
export interface OpenComputeThreads extends ComputeThreads {
  close(): Promise<void>;
}

/** With fewer pairs than this between all records, starting threads takes longer than they save. */
const LEAST_PAIRS = 1e7;

/** A thread for each core, or none where the extracts are small. */
export function computeThreadsFor(
  extracts: readonly Pick<EncodedExtract, 'records'>[],
): OpenComputeThreads | undefined {
  const records = extracts.reduce((sum, extract) => sum + extract.records, 0);
  return (records * records) / 4 < LEAST_PAIRS ? undefined : openComputeThreads(availableParallelism());
}

/** Starts `threads` threads; each does one task at a time, with the fastest kernel unless one is named. */
export function openComputeThreads(threads: number, kernelName?: string): OpenComputeThreads {
  const kernel = candidateKernel(kernelName).name;
  const idle = Array.from({ length: threads }, () =>
    new Worker(join(packageRoot(), THREAD), { workerData: { kernel } }));
  const all = [...idle];
  return {
    threads, kernel, prepare: (memory) => void useLargePages(memory),
    async run(task) {
      const worker = idle.pop();
      if (!worker) throw new Error(`more than ${threads} tasks at a time`);
      const result = await answerOf(worker, task);
      idle.push(worker);
      return result;
    },
    async close() {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

/** A thread that failed or was closed is not used again. */
function answerOf(worker: Worker, task: ComputeTask): Promise<ComputeResult> {
  return new Promise((done, fail) => {
    const exited = (code: number): void => fail(new Error(`a compute thread ended with ${code}`));
    worker.once('error', fail).once('exit', exited);
    worker.once('message', (answer: ComputeAnswer) => {
      worker.off('error', fail).off('exit', exited);
      if (answer.kind === 'result') done(answer.result);
      else fail(new Error(answer.stack));
    });
    worker.postMessage(task);
  });
}
