import { closeAtSignal, failedToStart } from './process-end.js';
import { readSettings } from './platform/settings/settings.js';
import { startService } from './service.js';

async function main(): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const starting = startService(settings);
  const end = closeAtSignal(async () => (await starting).close());
  const service = await starting;
  service.lost.then((what) => {
    console.error(what);
    end(1);
  }, failedToStart);
  if (service.recovered) console.error(`recovered: ${service.recovered}`);
  if (settings.profile === 'embedded') {
    const red = process.stderr.isTTY ? ['\u001b[1;31m', '\u001b[0m'] : ['', ''];
    console.error(`${red[0]}UNSAFE: development identities. Anyone on this machine can be anyone, through `
      + `${service.issuer}. For trials only; VINCULUM_PROFILE=cluster uses your identity provider.${red[1]}`);
  }
  console.log(`Vinculum listens on ${service.url} (data in ${settings.databaseUrl ? 'DATABASE_URL' : settings.home})`);
}

main().catch(failedToStart);
