import { parentPort, workerData } from 'node:worker_threads';
import { link } from '#libs/linkage';
import { VinculumError } from '#libs/record';
import { computeThreadsFor } from './compute-threads.js';
import type { LinkageMessage, LinkageTask } from './linkage-messages.js';

/*
 * The program of a worker thread: links what it was given and ends. It has no database and no keys; to stop
 * it is to terminate the thread, and the compute threads that it started end with it.
 */

function say(message: LinkageMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function run({ extracts, spec }: LinkageTask): Promise<void> {
  const compute = computeThreadsFor(extracts);
  const linked = await link(extracts, spec, {
    onProgress: (progress) => say({ kind: 'progress', progress }),
    now: () => performance.now(), ...(compute ? { compute } : {}),
  });
  await compute?.close();
  const { entities, entityOf, probability, estimated, byRegisterPair, warnings, timings } = linked;
  say({
    kind: 'result', result: { entities, entityOf, probability, estimated, byRegisterPair, warnings, timings },
  });
}

run(workerData as LinkageTask).catch((error: unknown) => {
  if (error instanceof VinculumError) say({ kind: 'refused', code: error.code, message: error.message });
  else say({ kind: 'failed', stack: error instanceof Error ? error.stack ?? error.name : 'not an Error' });
});
