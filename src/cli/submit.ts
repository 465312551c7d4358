import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { VinculumError } from '#libs/record';
import type { ExtractView } from '../extracts/extract-view.js';
import { ExtractApi } from '../submission/extract-api.js';
import { ServiceRefusal } from '../submission/problem.js';
import { submitExtract } from '../submission/submit-extract.js';
import { ANSWER_IS_NO, BAD_INPUT, DONE, endWith } from './command-end.js';
import { sendingProgress } from './progress-bar.js';
import { usage } from './usage.js';

interface SubmitOptions {
  readonly url: string;
  readonly project: string;
  readonly tokenFile?: string;
  readonly tokenEnv: string;
  readonly parallel: string;
  readonly json?: true;
}

const INTERRUPTED = 130;
const MAX_PARALLEL = 8;
const PROJECT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const EXPLANATION = `
Example:
  VINCULUM_TOKEN=... vinculum submit extract --url https://vinculum.example --project PROJECT

Ctrl-C, a lost connection, a service that starts again: run the same command again, and it goes on from the
bytes that the service has stored. Nothing is written here. A token file is read again before each request,
because tokens expire. The key of the project is not needed and must not be at hand.

Exit codes: 0 accepted; 1 refused, with rows and reasons; 2 bad usage or input, or no service; 130 interrupted.`;

/** `vinculum submit`: an extract's folder to the service. */
export function submitCommand(): Command {
  return new Command('submit')
    .description('send an extract to the service; an interrupted submission goes on where it was')
    .argument('<extract>', 'folder that vinculum encode wrote')
    .requiredOption('--url <url>', 'address of the service')
    .requiredOption('--project <id>', 'project that collects the extract')
    .option('--token-file <file>', 'file with the access token')
    .option('--token-env <name>', 'environment variable with the access token', 'VINCULUM_TOKEN')
    .option('--parallel <n>', `pieces that are sent at the same time, 1 to ${MAX_PARALLEL}`, '4')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText('after', EXPLANATION)
    .action((extract: string, options: SubmitOptions) =>
      endWith(options.json === true, () => run(extract, options)));
}

async function run(folder: string, options: SubmitOptions): Promise<number> {
  const { url, project } = checked(options);
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const bar = sendingProgress();
  try {
    const extract = await submitExtract({
      api: new ExtractApi(url, () => Promise.resolve(tokenOf(options))), project, folder,
      parallel: Number(options.parallel), signal: controller.signal, onProgress: bar.update,
      onChecking: () => {
        bar.stop();
        console.error('everything has arrived; the service checks it');
      },
    });
    bar.stop();
    return accepted(extract, options);
  } catch (error) {
    bar.stop();
    if (controller.signal.aborted) {
      console.error('interrupted; run the same command again to go on');
      return INTERRUPTED;
    }
    if (error instanceof ServiceRefusal) return refused(error, options);
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}

function checked({ url, project, parallel }: SubmitOptions): { url: string; project: string } {
  if (!URL.canParse(url) || !isSafe(new URL(url))) {
    throw usage('--url: expected an address that begins with https://, or http:// on this machine');
  }
  if (!PROJECT.test(project)) throw usage('--project: expected the id of a project');
  if (!/^\d$/.test(parallel) || Number(parallel) < 1 || Number(parallel) > MAX_PARALLEL) {
    throw usage(`--parallel: expected 1 to ${MAX_PARALLEL}`);
  }
  return { url: url.replace(/\/+$/, ''), project };
}

/** A token in plain text on a network is a token for whoever listens. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

/** @throws VinculumError `BAD_USAGE`, `FILE_UNREADABLE`; the token itself is in no message. */
function tokenOf({ tokenFile, tokenEnv }: SubmitOptions): string {
  const token = (tokenFile === undefined ? process.env[tokenEnv] ?? '' : readToken(tokenFile)).trim();
  if (/^[\w.~+/=-]+$/.test(token)) return token;
  throw usage(tokenFile === undefined ? `expected an access token in ${tokenEnv}, or --token-file`
    : '--token-file: expected a file with an access token and nothing else');
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new VinculumError('FILE_UNREADABLE', `${path}: expected a file with an access token`);
  }
}

function accepted(extract: ExtractView, { json }: SubmitOptions): number {
  const { extractId, registerId, state, records } = extract;
  console.error(`${state}: ${records} records of ${registerId}, extract ${extractId}`);
  if (json) console.log(JSON.stringify({ extractId, registerId, state, records }));
  return DONE;
}

function refused({ problem, message }: ServiceRefusal, { json }: SubmitOptions): number {
  console.error(message);
  const rows = problem.rows ?? [];
  for (const { row, field, reason } of rows) console.error(`  row ${row}${field ? `, ${field}` : ''}: ${reason}`);
  if (json) console.log(JSON.stringify({ error: { code: problem.code, message: problem.detail, rows } }));
  return problem.status === 422 ? ANSWER_IS_NO : BAD_INPUT;
}
