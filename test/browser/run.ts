// Encodes in a real browser, under the policy of a careful page, and compares with Node byte for byte.
//
//   npm run test:browser
//
// The last line is `N passed, N failed`, filters that are equal and faults; the exit code is 1 on any fault,
// when the page fails, and when nothing comes within a minute.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { compareReport } from './compare-sets.js';
import { encodedSets, type GoldenFilters } from './encoded-sets.js';
import { HeadlessChromium } from './headless-chromium.js';
import { PageServer } from './page-server.js';
import type { PageReport } from './page-report.js';

const ROOT = join(__dirname, '..', '..', '..');
const TIME_LIMIT_MS = 60_000;
const FAULTS_TOLD = 20;

async function reportOfPage(): Promise<PageReport> {
  const server = await PageServer.open(ROOT);
  const chromium = HeadlessChromium.open(server.url);
  const limit = new AbortController();
  try {
    return await Promise.race([server.report, chromium.ended, timeUp(limit.signal)]);
  } finally {
    limit.abort();
    await chromium.close();
    await server.close();
  }
}

async function timeUp(signal: AbortSignal): Promise<never> {
  await after(TIME_LIMIT_MS, undefined, { signal });
  throw new Error(`nothing came from the page within ${TIME_LIMIT_MS / 1000} seconds`);
}

async function main(): Promise<void> {
  const golden = JSON.parse(readFileSync(join(ROOT, 'test/vectors/clkhash_filters.json'), 'utf8')) as GoldenFilters;
  const expected = encodedSets(golden);
  const report = await reportOfPage();
  console.log(report.userAgent);
  const { passed, faults } = compareReport(report, expected, golden);
  for (const { name, recordBytes, sha256 } of report.sets) {
    console.log(`${name}: ${recordBytes} bytes a record, SHA-256 ${sha256}`);
  }
  for (const fault of faults.slice(0, FAULTS_TOLD)) console.error(fault);
  if (faults.length > FAULTS_TOLD) console.error(`and ${faults.length - FAULTS_TOLD} more`);
  console.log(`${passed} passed, ${faults.length} failed`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
