// Submits extracts in a real browser to the real service, on the page that the service serves.
//
//   npm run test:browser
//   node dist/test/browser/submission.js --screenshots DIR      keeps pictures of what a custodian sees
//
// The last line is `N passed, N failed`; the exit code is 1 where anything failed.
import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { approveProject } from '../../src/demo/demo-project.js';
import { ServiceClient } from '../../src/demo/service-client.js';
import { removeHome } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import type { ExtractApi } from '../../src/submission/extract-api.js';
import { EncodedRegister, inventedPeople, oneFilter } from '../support/encoded-register.js';
import { FrailLine } from '../support/frail-line.js';
import { ServiceProgram } from '../support/program.js';
import { TinyExtract } from '../support/tiny-extract.js';
import { DrivenPage } from './devtools.js';

const CUSTODIAN = 'custodian-population';
const RECORDS = 30_000;
const PATIENCE_MS = 60_000;

let passed = 0;
let failed = 0;
function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}`);
}

/** What each scene works with. */
class Stage {
  private pictures = 0;
  private folders = 0;

  constructor(
    readonly line: FrailLine, private readonly api: ExtractApi, private readonly project: string,
    readonly token: string, readonly folder: string,
    /** A project to which nothing was submitted. */
    readonly emptyProject: string,
    private readonly pictureFolder: string | undefined,
  ) {}

  /** Files of an extract. */
  written(extract: { write(folder: string): unknown }): string[] {
    const folder = join(this.folder, `extract-${++this.folders}`);
    extract.write(folder);
    return readdirSync(folder).map((file) => join(folder, file));
  }

  /** What was in a request that broke off is stored a moment later. */
  async untilStored(extract: TinyExtract, bytes: number): Promise<void> {
    const { extractId } = await this.api.open(this.project, extract.manifest);
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await after(50)) {
      const { parts } = await this.api.read(extractId);
      if (Object.values(parts).reduce((sum, { received }) => sum + received, 0) >= bytes) return;
    }
    throw new Error('what had arrived was not stored');
  }

  async picture(page: DrivenPage, name: string): Promise<void> {
    if (this.pictureFolder === undefined) return;
    mkdirSync(this.pictureFolder, { recursive: true });
    writeFileSync(join(this.pictureFolder, `${++this.pictures}-${name}.png`), await page.screenshot());
  }
}

/** By keyboard alone: the field has the focus. */
async function signIn(page: DrivenPage, token: string): Promise<void> {
  await page.until('document.activeElement?.id === "token"');
  await page.type(token);
  await page.press('Enter');
}

async function send(page: DrivenPage, files: readonly string[]): Promise<void> {
  await page.until('!document.getElementById("extract").hidden');
  await page.choose('#files', files);
  await page.until('!document.getElementById("send").disabled');
  await page.evaluate('document.getElementById("send").focus()');
  await page.press(' ');
}

const verdict = (word: string): string => `document.querySelector("#report .verdict")?.innerText === "${word}"`;

async function reloadedAmid(page: DrivenPage, stage: Stage): Promise<void> {
  const extract = TinyExtract.create(RECORDS);
  const files = stage.written(extract);
  await signIn(page, stage.token);
  await page.until('!document.getElementById("extract").hidden');
  check('the token is in no field and no storage', await page.evaluate<boolean>(
    'document.getElementById("token").value === "" && localStorage.length + sessionStorage.length === 0 && document.cookie === ""'));
  const all = Object.values(extract.bytes).reduce((sum, { length }) => sum + length, 0);
  const most = Math.floor(0.75 * all);
  const held = stage.line.holdAfter(most);
  await send(page, files);
  await held;
  await page.until('/% sent, .* of .* MB/.test(document.getElementById("sent").innerText) && Number(document.getElementById("bar").value) > 0');
  await stage.picture(page, 'sending');
  await page.reload();
  stage.line.mend();
  await stage.untilStored(extract, 0.9 * most);
  await signIn(page, stage.token);
  const before = stage.line.passed;
  await send(page, files);
  await page.until(verdict('Accepted'));
  check('reloaded amid the bytes, it goes on from what the service has', stage.line.passed - before < 0.5 * all);
  check('the focus is on the report', await page.evaluate<boolean>('document.activeElement.id === "report"'));
  const report = await page.text('#report');
  check('the report says what was accepted', report.includes('30,000 records of population-register are version 1'));
  await stage.picture(page, 'accepted');
}

async function refusedRows(page: DrivenPage, stage: Stage): Promise<void> {
  const tiny = TinyExtract.create(900);
  const id = tiny.bytes.encodings.toString('hex', 0, 16);
  await send(page, stage.written(tiny.withEvents([`${id},arrived,2031-01-01,FR`, `${id},arrived,2020-01-01,ZZ`])));
  await page.until(verdict('Refused'));
  const report = await page.text('#report');
  check('refused rows are listed with field and reason',
    /1\s+date\s+expected no event after the reference date/.test(report) && /2\s+country\s+/.test(report));
  const all = await page.evaluate<string>('document.documentElement.outerHTML');
  check('no value of a record is on the page', !all.includes('2031') && !all.includes(id) && !all.includes('ZZ'));
  await stage.picture(page, 'refused-rows');
}

async function refusedFilters(page: DrivenPage, stage: Stage): Promise<void> {
  await page.until('!document.getElementById("extract").hidden');
  await page.evaluate(`document.getElementById("project").value = ${JSON.stringify(stage.emptyProject)}`);
  await send(page, stage.written(EncodedRegister.create(oneFilter(['givenName'], 0.5), inventedPeople(1_000, 3))));
  await page.until(verdict('Refused'));
  const report = await page.text('#report');
  check('statistics stand beside their levels', /whole records\s+duplicateShare\s+[\d.]+\s+above 0\.05\s+refuse/.test(report));
  await stage.picture(page, 'refused-filters');
}

/** The service may not be reached at another origin, and what somebody else wrote may not run. */
async function policy(page: DrivenPage, stage: Stage): Promise<void> {
  check('code cannot be made of strings', await page.evaluate<boolean>(
    '(() => { try { new Function("return 1"); return false; } catch (error) { return error instanceof EvalError; } })()'));
  check('an inline script does not run', await page.evaluate<boolean>(
    '(() => { const s = document.createElement("script"); try { s.textContent = "globalThis.ran = 1"; document.body.append(s); } '
    + 'catch { return true; } return globalThis.ran === undefined; })()'));
  const answer = await fetch(`${stage.line.url}/submit`, { headers: { origin: 'https://elsewhere.example' } });
  check('no other origin is let in', ![...answer.headers.keys()].some((name) => name.startsWith('access-control')));
}

async function readable(page: DrivenPage, stage: Stage): Promise<void> {
  check('each control has a name', await page.evaluate<boolean>(
    '[...document.querySelectorAll("input, select")].every((control) => control.labels.length === 1)'));
  await page.resize(340, 900);
  check('nothing lies beyond a narrow screen', await page.evaluate<boolean>(
    'document.documentElement.scrollWidth <= document.documentElement.clientWidth'));
  await stage.picture(page, 'narrow');
  await page.resize(900, 1_100);
  await page.prefersDark();
  await stage.picture(page, 'dark');
}

async function refusedToken(page: DrivenPage, stage: Stage): Promise<void> {
  await signIn(page, 'bm90LWEtdG9rZW4');
  await page.until('document.getElementById("problem").innerText.startsWith("TOKEN_INVALID")');
  check('a token that does not hold is told, and nothing opens', await page.evaluate<boolean>(
    'document.getElementById("extract").hidden'));
  await stage.picture(page, 'refused-token');
  await page.reload();
}

async function play(page: DrivenPage, stage: Stage): Promise<void> {
  await refusedToken(page, stage);
  await reloadedAmid(page, stage);
  await refusedRows(page, stage);
  await readable(page, stage);
  await policy(page, stage);
  await page.reload();
  await signIn(page, stage.token);
  await refusedFilters(page, stage);
  const expected = /"source":"(network|security|recommendation)"/;
  const unexpected = page.complaints.filter((text) => !expected.test(text));
  check(`the page complains of nothing ${unexpected.join(' ')}`, unexpected.length === 0);
}

async function main(): Promise<void> {
  const at = process.argv.indexOf('--screenshots');
  const home = mkdtempSync(join(tmpdir(), 'vinculum-page-home-'));
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-page-extracts-'));
  const program = ServiceProgram.start('main', home);
  const closing: (() => Promise<unknown> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }), () => removeHome(home), () => program.kill('SIGTERM')];
  try {
    const [, url] = await program.until(/listens on (http:\S+)/);
    const line = await FrailLine.to(url);
    closing.push(() => line.close());
    const client = await ServiceClient.connect(url);
    const project = await approveProject(client, 'Submitted in a browser');
    const emptyProject = await approveProject(client, 'Not begun');
    const api = client.extractsAs(CUSTODIAN);
    const authorization = await api.authorization();
    const token = authorization['authorization'].replace('Bearer ', '');
    const page = await DrivenPage.open(`${line.url}/submit`);
    closing.push(() => page.close());
    const pictures = at < 0 ? undefined : process.argv[at + 1];
    await play(page, new Stage(line, api, project, token, folder, emptyProject, pictures));
    const kept = await client.get<{ extracts: { state: string }[] }>(
      'auditor', `/api/projects/${project}/retention`);
    check('one extract is kept', kept.extracts.map(({ state }) => state).join() === 'accepted');
  } finally {
    for (let close = closing.pop(); close; close = closing.pop()) await close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  failed++;
}).finally(() => {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
