// Runs in the browser of a custodian. The access token is a variable of this module and nothing else: not in
// the address, not in a cookie, not in the browser's storage; who reloads the page gives it again.
import { VinculumError } from '#libs/record';
import type { ExtractView } from '../../extracts/extract-view.js';
import { ExtractApi } from '../../submission/extract-api.js';
import { ServiceRefusal } from '../../submission/problem.js';
import { submitSource, type Submission } from '../../submission/submit-source.js';
import { ChosenFiles } from './chosen-files.js';
import { byId, element, location } from './dom.js';
import { RemainingTime, spokenTime } from './remaining-time.js';
import { reportNodes } from './report-nodes.js';

const PARALLEL = 3;
/** Small enough that the bar moves on a line of a megabyte a second. */
const REQUEST_BYTES = 2 ** 20;
/** How often who cannot see the bar is told. */
const TELL_EVERY_MS = 10_000;

let token = '';
let files: ChosenFiles | undefined;
let going: AbortController | undefined;

const api = new ExtractApi(location.origin, () => Promise.resolve(token));

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  void doing(signIn);
});
byId('files').addEventListener('change', () => void doing(choose));
byId('extract').addEventListener('submit', (event) => {
  event.preventDefault();
  void doing(submit);
});
byId('pause').addEventListener('click', () => going?.abort());
byId('token').focus();

/** What a person is told where it fails stands in one place. */
async function doing(work: () => Promise<void>): Promise<void> {
  byId('problem').replaceChildren();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof VinculumError) && !(error instanceof ServiceRefusal)) {
      tellProblem('PAGE_FAILED', 'the page failed; reload it and try again');
      throw error;
    }
    if (error instanceof VinculumError) tellProblem(error.code, error.message);
    else tellProblem(error.problem.code, error.problem.detail, error.problem.remedy);
  }
}

function tellProblem(code: string, detail: string, remedy?: string): void {
  byId('problem').replaceChildren(element('code', {}, code), ` ${detail}${remedy ? `; ${remedy}` : ''}`);
}

async function signIn(): Promise<void> {
  const field = byId('token');
  token = field.value.trim();
  const { subject, organisation } = await api.session();
  const projects = (await api.projects()).filter(({ registers, closedAt }) =>
    closedAt === null && registers.some((register) => register.organisation === organisation));
  field.value = '';
  byId('who').textContent = `${subject}, ${organisation}`;
  byId('project').replaceChildren(...projects.map(({ id, title }) => element('option', { value: id }, title)));
  byId('sign-in').hidden = true;
  byId('extract').hidden = false;
  byId(projects.length > 1 ? 'project' : 'files').focus();
  if (projects.length === 0) tellProblem('NO_PROJECT', 'no open project names a register of your organisation');
  showReady();
}

async function choose(): Promise<void> {
  files = undefined;
  showReady();
  const chosen = [...byId('files').files ?? []];
  byId('chosen').replaceChildren();
  if (chosen.length === 0) return;
  const source = await ChosenFiles.of(chosen);
  const { registerId, records, referenceDate } = source.manifest;
  byId('chosen').textContent = source.missing.length > 0
    ? `Choose all files of the folder together; missing: ${source.missing.join(', ')}.`
    : `${registerId}, ${records.toLocaleString('en')} records of ${referenceDate}.`;
  if (source.missing.length === 0) files = source;
  showReady();
}

async function submit(): Promise<void> {
  if (!files || going) return;
  going = new AbortController();
  let opened: string | undefined;
  showGoing(true);
  byId('report').replaceChildren();
  try {
    const extract = await submitSource(files, {
      api, project: byId('project').value, parallel: PARALLEL, requestBytes: REQUEST_BYTES,
      signal: going.signal, ...progress(),
      onOpened: (extractId) => { opened = extractId; },
    });
    showReport(extract);
  } catch (error) {
    if (going.signal.aborted) {
      say('Paused. What has arrived is kept; submit again to go on.', true);
      return;
    }
    say('Stopped.', true);
    const isVerdict = error instanceof ServiceRefusal && error.problem.status === 422;
    if (opened === undefined || !isVerdict) throw error;
    // The refusal is short; the report says all.
    showReport(await api.read(opened));
  } finally {
    going = undefined;
    showGoing(false);
  }
}

function progress(): Required<Pick<Submission, 'onProgress' | 'onChecking'>> {
  const remaining = new RemainingTime();
  let toldAt = -Infinity;
  return {
    onProgress: (durable, bytes) => {
      const now = performance.now();
      const left = remaining.note(now, durable, bytes);
      const share = Math.floor(100 * durable / bytes);
      const text = `${share}% sent, ${megabytes(durable)} of ${megabytes(bytes)} MB`
        + (left === undefined ? '' : `, ${spokenTime(left)} left`);
      byId('bar').value = String(durable / bytes);
      const isTime = now >= toldAt + TELL_EVERY_MS;
      if (isTime) toldAt = now;
      say(text, isTime);
    },
    onChecking: () => say('Everything has arrived; the service checks it from the first byte to the last.', true),
  };
}

/** @param aloud also to who cannot see it. */
function say(text: string, aloud: boolean): void {
  byId('sent').textContent = text;
  if (aloud) byId('state').textContent = text;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}

function showReport(extract: ExtractView): void {
  say('', false);
  byId('state').textContent = `The extract was ${extract.report?.verdict ?? extract.state}.`;
  byId('report').replaceChildren(...reportNodes(extract));
  byId('report').focus();
}

function showReady(): void {
  byId('send').disabled = files === undefined || byId('project').value === '' || going !== undefined;
}

function showGoing(isGoing: boolean): void {
  byId('progress').hidden = !isGoing && byId('sent').textContent === '';
  byId('pause').disabled = !isGoing;
  byId('files').disabled = isGoing;
  byId('project').disabled = isGoing;
  showReady();
}
