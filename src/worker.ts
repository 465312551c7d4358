import { closeAtSignal, failedToStart } from './process-end.js';
import { readSettings } from './platform/settings/settings.js';
import { startWorker } from './service.js';

async function main(): Promise<void> {
  const worker = await startWorker(readSettings(process.env, process.cwd()));
  closeAtSignal(() => worker.close());
  console.log(`worker ${process.pid} takes jobs`);
}

main().catch(failedToStart);
