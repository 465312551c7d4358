import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { VinculumError } from '#libs/record';
import type { LinkageProgress } from '#libs/linkage';
import { packageRoot } from '../platform/settings/policy-document.js';
import type { KeptResult, LinkageMessage, LinkageTask } from './linkage-messages.js';

/** From the built program also where the service itself runs from sources under test. */
const THREAD = join('dist', 'src', 'linkage-runs', 'linkage-thread.js');

/**
 * Links in a thread of its own, so that the process goes on answering.
 *
 * The filters are handed over, not copied: the caller's arrays are empty afterwards.
 *
 * @throws VinculumError as `link` does; the signal's reason when it aborts.
 */
export async function linkInThread(
  task: LinkageTask, onProgress: (progress: LinkageProgress) => void, signal: AbortSignal,
): Promise<KeptResult> {
  signal.throwIfAborted();
  const filters = task.extracts.flatMap(({ segments }) => segments.map((segment) => segment.filters.buffer));
  const thread = new Worker(join(packageRoot(), THREAD), {
    workerData: task, transferList: filters.filter((buffer) => buffer instanceof ArrayBuffer),
  });
  try {
    return await new Promise<KeptResult>((done, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
      thread.on('error', fail);
      thread.on('exit', (code) => fail(new Error(`the linkage thread ended with ${code}`)));
      thread.on('message', (message: LinkageMessage) => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'result') done(message.result);
        else if (message.kind === 'refused') fail(new VinculumError(message.code, message.message));
        else fail(new Error(message.stack));
      });
    });
  } finally {
    await thread.terminate();
  }
}
