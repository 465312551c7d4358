import { parentPort, workerData } from 'node:worker_threads';
import { performTask, type ComputeTask } from '#libs/linkage';
import { candidateKernel } from '../platform/kernels/candidate-kernel.js';
import type { ComputeAnswer } from './compute-threads.js';

/*
 * The program of a compute thread: does one task after the other. It sees filters through the memory that it
 * is handed, and nothing else.
 */

const kernel = candidateKernel((workerData as { kernel: string }).kernel);

function answerTo(task: ComputeTask): ComputeAnswer {
  try {
    const steps = performTask(task, kernel);
    for (;;) {
      const step = steps.next();
      if (step.done) return { kind: 'result', result: step.value };
    }
  } catch (error) {
    return { kind: 'failed', stack: error instanceof Error ? error.stack ?? error.name : 'not an Error' };
  }
}

parentPort?.on('message', (task: ComputeTask) => {
  const answer = answerTo(task);
  const columns = answer.kind === 'result' ? answer.result.kept.buffer : undefined;
  parentPort?.postMessage(answer, columns instanceof ArrayBuffer ? [columns] : []);
});
