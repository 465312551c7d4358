import { closeAtSignal, failedToStart } from './process-end.js';
import { readSettings } from './platform/settings/settings.js';
import { startWorker } from './service.js';

async function main(): Promise<void> {
  const starting = startWorker(readSettings(process.env, process.cwd()));
  closeAtSignal(async () => (await starting).close());
  await starting;
  console.log(`worker ${process.pid} takes jobs`);
}

main().catch(failedToStart);
