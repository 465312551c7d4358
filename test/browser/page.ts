// Runs in the browser: encodes, and reports to the program that serves it.
import { encodedSets, type EncodedSet, type GoldenFilters } from './encoded-sets.js';
import type { PageReport } from './page-report.js';

export async function report(): Promise<void> {
  const golden = await (await fetch('/test/vectors/clkhash_filters.json')).json() as GoldenFilters;
  const content: PageReport = {
    userAgent: (globalThis as unknown as { navigator: { userAgent: string } }).navigator.userAgent,
    evalRefused: evalIsRefused(),
    sets: await Promise.all(encodedSets(golden).map(reportOf)),
  };
  await fetch('/report', { method: 'POST', body: JSON.stringify(content) });
}

async function reportOf({ name, recordBytes, bytes }: EncodedSet): Promise<PageReport['sets'][number]> {
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
  return { name, recordBytes, hex: hexadecimal(bytes), sha256: hexadecimal(sha256) };
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the policy under which the filters were made is in force at all. */
function evalIsRefused(): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what must fail is tried
    new Function('return 1');
    return false;
  } catch (error) {
    return error instanceof EvalError;
  }
}
