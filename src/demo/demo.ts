import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSpecForRoles, type Role } from '#libs/encode';
import type { ExtractManifest } from '#libs/record';
import { encodeExtract } from '../cli/encode-extract.js';
import { parseContentMap } from '../cli/content-map.js';
import { writeSyntheticCountry, type SyntheticCountrySummary } from '../cli/synthetic-country-folder.js';
import type { LinkageRunView } from '../linkage-runs/run-view.js';
import type { ReleaseView } from '../releases/releases.service.js';
import { submitExtract } from './custodian.js';
import { readDemoOptions, type DemoOptions } from './demo-options.js';
import { approveProject, DEMO_REGISTERS, releaseCohort } from './demo-project.js';
import { alterLeaf, loggedEvents, verifyLog } from './exported-log.js';
import { tryForbiddenThings, type ForbiddenThing } from './forbidden-things.js';
import { Narration, percent } from './narration.js';
import { tableLines } from './released-table.js';
import { ServiceClient } from './service-client.js';
import { ServiceProcess } from './service-process.js';
import { compareWithTruth, type SubmittedExtract, type TruthComparison } from './truth-comparison.js';

const INTERRUPTED = 130;

/** What one demo holds while it runs. */
class Demo {
  private readonly folder = mkdtempSync(join(tmpdir(), 'vinculum-demo-'));
  private readonly secret: Uint8Array;
  private home = '';
  /** Begun first, because it takes a while and the custodians do not need it yet. */
  private readonly starting: Promise<ServiceProcess>;

  constructor(
    private readonly options: DemoOptions, private readonly narration: Narration,
    private readonly signal: AbortSignal,
  ) {
    this.starting = ServiceProcess.start();
    this.starting.catch(() => undefined); // Reported by whoever waits for it.
    // A real one comes from the operating system (vinculum key new). Here one seed gives one result.
    this.secret = createHash('sha256').update(`secret of the demo, seed ${options.seed}`).digest();
  }

  async run(): Promise<object> {
    const country = await this.inventCountry();
    const manifests = await this.encode(country);
    const service = await this.startService();
    const client = await ServiceClient.connect(service.url, this.signal);
    const project = await this.approve(client);
    const extracts = await this.submit(client, project, manifests);
    const linkage = await this.link(client, project);
    const truth = await this.compare(service, linkage, extracts);
    const releases = await this.release(client, project, country);
    await this.showParties(client, project, linkage, extracts);
    const forbidden = await tryForbiddenThings(client, {
      project, run: linkage.runId, cohort: releases[0].cohortId, homeCountry: country.homeCountry,
    });
    const audit = await this.audit(client, forbidden);
    const total = (figure: (release: ReleaseView) => number): number =>
      releases.reduce((sum, release) => sum + figure(release), 0);
    return {
      registers: extracts.length, people: country.people, records: truth.records, entities: truth.entities,
      estimated: { precision: linkage.estimated?.precision, recall: linkage.estimated?.recall },
      measured: {
        precision: rounded(truth.measured.precision), recall: rounded(truth.measured.recall),
        f1: rounded(truth.measured.f1),
      },
      cells: total(({ cells }) => cells), suppressed: total(({ suppressed }) => suppressed),
      auditEvents: audit.events, auditVerified: audit.verified, seconds: this.narration.seconds,
    };
  }

  /** Ends what was started; keeps the folder where that was asked for. */
  async close(keep: boolean): Promise<void> {
    this.narration.stopBar();
    this.secret.fill(0);
    const service = await this.starting.catch(() => undefined);
    await service?.stop();
    if (keep) return;
    service?.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async inventCountry(): Promise<SyntheticCountrySummary> {
    const { people, seed } = this.options;
    this.narration.chapter('A country that does not exist');
    const summary = await writeSyntheticCountry({
      people, seed, out: this.path('country'), signal: this.signal,
      onProgress: (done) => this.narration.progress('people invented', done, people),
    });
    for (const { registerId, cardinality, people: records, events } of summary.registers) {
      this.narration.say(`   ${registerId.padEnd(20)}${String(records).padStart(8)} records `
        + `(${cardinality === 'unique' ? 'one' : 'many'} a person), ${events} events`);
    }
    return summary;
  }

  /** Each custodian at home, with the secret that the service never sees: what `vinculum encode` does. */
  private async encode(country: SyntheticCountrySummary): Promise<ExtractManifest[]> {
    this.narration.chapter('Three custodians encode at home');
    const columns = new Map(
      Object.entries(country.columns).map(([role, column]) => [role as Role, [column]]));
    const manifests: ExtractManifest[] = [];
    for (const { registerId, cardinality } of DEMO_REGISTERS) {
      const source = this.path('country', registerId);
      manifests.push(await encodeExtract({
        people: join(source, 'people.csv'), events: join(source, 'events.csv'),
        out: this.path('extracts', registerId),
        secret: this.secret, registerId, cardinality, referenceDate: country.referenceDate,
        spec: defaultSpecForRoles([...columns.keys()]), columns, idColumn: 'record_id',
        content: parseContentMap(country.content), signal: this.signal,
      }));
      this.narration.progress('registers encoded', manifests.length, DEMO_REGISTERS.length);
    }
    const [{ segments, keyFingerprint }] = manifests;
    this.narration.say(
      `   a record is now ${segments.map(({ name, bits }) => `${name} (${bits} bits)`).join(', ')}, and an opaque id`,
      `   the key stayed at home; its fingerprint ${keyFingerprint} shows that all three used the same`);
    return manifests;
  }

  private async startService(): Promise<ServiceProcess> {
    this.narration.chapter('The service starts, with PostgreSQL of its own');
    const service = await this.starting;
    this.home = service.home;
    this.signal.throwIfAborted();
    this.narration.say(`   ${service.url}, process ${service.pid}`,
      '   its people come from a development identity provider: unsafe, for trials only');
    return service;
  }

  private async approve(client: ServiceClient): Promise<string> {
    this.narration.chapter('A project is drafted, submitted, approved by two people');
    const project = await approveProject(client, 'Migrants in the census (demo)');
    this.narration.say('   drafted by statistician, approved by board-data-protection and board-civil-society');
    return project;
  }

  private async submit(
    client: ServiceClient, project: string, manifests: readonly ExtractManifest[],
  ): Promise<SubmittedExtract[]> {
    this.narration.chapter('The extracts are submitted over HTTP, checked, and stored encrypted');
    const extracts: SubmittedExtract[] = [];
    for (const { registerId, custodian } of DEMO_REGISTERS) {
      const folder = this.path('extracts', registerId);
      const extractId = await submitExtract(client, custodian, project, folder);
      extracts.push({ registerId, extractId, folder });
      this.narration.progress('extracts accepted', extracts.length, manifests.length);
    }
    return extracts;
  }

  private async link(client: ServiceClient, project: string): Promise<LinkageRunView> {
    this.narration.chapter('The linkage unit links encodings that it cannot read');
    const { runId } = await client.post<{ runId: string }>('operator', `/api/projects/${project}/linkage-runs`);
    const run = await client.poll<LinkageRunView>('operator', `/api/linkage-runs/${runId}`, ({ state, progress }) => {
      if (state === 'done') this.narration.progress('linked', 100, 100);
      else this.narration.progress('linked', Math.min(99, progress.percentage ?? 0), 100);
      return !['queued', 'running'].includes(state);
    });
    if (run.state !== 'done') throw new Error(`the linkage run ended as ${run.state}: ${run.failure ?? ''}`);
    return run;
  }

  private async compare(
    service: ServiceProcess, run: LinkageRunView, extracts: readonly SubmittedExtract[],
  ): Promise<TruthComparison> {
    const truth = await compareWithTruth(
      service.ownDatabase, run.runId, extracts, this.path('country'), this.secret);
    const estimated = run.estimated!;
    const { precision, recall, f1 } = truth.measured;
    this.narration.chapter('How good are the links?');
    this.narration.say(
      '                estimated, without labels      measured, against the truth',
      `   precision    ${percent(estimated.precision)}                        ${percent(precision)}`,
      `   recall       ${percent(estimated.recall)}                        ${percent(recall)}`,
      `   F1                                          ${percent(f1)}`,
      `   ${truth.records} records, ${truth.entities} entities`,
      '   The estimate is what the operator sees. The measurement is only possible because this demo owns the',
      '   database, the custodians\' secret and the invented truth; the service gives the links to nobody.');
    return truth;
  }

  private async release(
    client: ServiceClient, project: string, country: SyntheticCountrySummary,
  ): Promise<ReleaseView[]> {
    this.narration.chapter('Two cohorts: requested, approved by two people, computed, protected, released');
    const { homeCountry, referenceDate } = country;
    const requests = [
      { definition: 'usual-residents-12m', homeCountry, referenceDate },
      { definition: 'immigrants-of-a-year-12m', homeCountry, year: lastFullYear(referenceDate) },
    ];
    const releases: ReleaseView[] = [];
    for (const request of requests) {
      const { releaseId } = await releaseCohort(client, project, request);
      const path = `/api/releases/${releaseId}`;
      const release = await client.get<ReleaseView>('statistician', path);
      const csv = await client.text('statistician', `${path}/table.csv`);
      writeFileSync(this.path(`${request.definition}.csv`), csv);
      writeFileSync(this.path(`${request.definition}.sdmx.csv`), await client.text('statistician', `${path}/table.sdmx.csv`));
      this.narration.say('', `   ${release.title}, ${release.timePeriod}`,
        `   ${release.cells} cells with margins, ${release.suppressed} suppressed; both sexes:`, ...tableLines(csv));
      releases.push(release);
    }
    return releases;
  }

  /** Each party asks the service for what concerns it. */
  private async showParties(
    client: ServiceClient, project: string, run: LinkageRunView, extracts: readonly SubmittedExtract[],
  ): Promise<void> {
    this.narration.chapter('What each party sees, and what it does not');
    const own = await client.text('custodian-population', `/api/extracts/${extracts[0].extractId}`);
    const other = await client.ask('custodian-population', 'GET', `/api/extracts/${extracts[1].extractId}`);
    const seen = await client.get<LinkageRunView>('operator', `/api/linkage-runs/${run.runId}`);
    const asAuditor = await client.ask('auditor', 'GET', `/api/extracts/${extracts[0].extractId}`);
    const uses = await client.text(undefined, '/api/register-of-uses');
    const asStatistician = await client.ask('statistician', 'GET', `/api/extracts/${extracts[0].extractId}`);
    this.narration.say(
      `   custodian     its own delivery: ${own.slice(0, 160)}...`,
      `                 not another's (${other.status}), and never which of its records were linked, nor that one was not`,
      `   operator      state ${seen.state}, estimated quality, links digest ${seen.manifest?.linksDigest.slice(0, 16)}...;`,
      '                 no link, no score, no id, no content',
      `   statistician  the protected tables above; no record (${asStatistician.status}), no true count`,
      `   auditor       the log; no data (${asAuditor.status})`,
      `   anybody       the register of approved uses: ${uses.slice(0, 160)}...`);
    await client.get('statistician', `/api/projects/${project}`);
  }

  private async audit(
    client: ServiceClient, forbidden: readonly ForbiddenThing[],
  ): Promise<{ readonly events: number; readonly verified: boolean }> {
    const file = this.path('audit-log.vinculum');
    const key = await client.text(undefined, '/api/audit-log/key');
    writeFileSync(file, await client.text('auditor', '/api/audit-log/export'));
    const events = loggedEvents(file);
    this.sayForbidden(forbidden, events.filter(({ outcome }) => outcome === 'refused').map(({ seq }) => seq));
    this.narration.chapter('The auditor takes the log home and checks it offline');
    const { verified, verdict } = verifyLog(file, key);
    const leaf = events.find(({ action }) => action === 'cohort.approve')!.seq;
    alterLeaf(file, `${file}.altered`, leaf);
    const altered = verifyLog(`${file}.altered`, key);
    this.narration.say(
      `   vinculum audit verify ${file}`, `   ${events.length} leaves: ${verdict}`,
      `   and with one byte of leaf ${leaf} changed:`, `   ${altered.verdict}`);
    if (altered.verified) throw new Error('an altered log was verified');
    return { events: events.length, verified };
  }

  private sayForbidden(forbidden: readonly ForbiddenThing[], leaves: readonly number[]): void {
    this.narration.chapter('What was refused, and stands in the log');
    // In the order in which they were tried; each left one leaf.
    const own = leaves.slice(-forbidden.length);
    forbidden.forEach(({ what, status, code }, i) => {
      this.narration.say(`   ${what.padEnd(58)} ${status} ${(code ?? '').padEnd(26)} leaf ${own[i]}`);
    });
    if (leaves.length < forbidden.length) throw new Error('a refusal is not in the log');
  }

  sayWhere(keep: boolean): void {
    this.narration.chapter('Done');
    this.narration.say(keep
      ? `   country, extracts, tables and log: ${this.folder}\n   the service's data: ${this.home}\n`
        + `   look further: VINCULUM_HOME=${this.home} npm start`
      : '   all of it is removed again; npm run demo -- --keep leaves it to look at');
  }

  private path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }
}

function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

/** The year that ended at the reference date or before it. */
function lastFullYear(referenceDate: string): number {
  const year = Number(referenceDate.slice(0, 4));
  return referenceDate.endsWith('-12-31') ? year : year - 1;
}

async function main(): Promise<number> {
  const options = readDemoOptions(process.argv);
  const narration = new Narration(options.json);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const demo = new Demo(options, narration, interruption.signal);
  let keep = false;
  try {
    const summary = await demo.run();
    keep = options.keep;
    demo.sayWhere(keep);
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    narration.say('', 'interrupted; everything is removed again');
    return INTERRUPTED;
  } finally {
    await demo.close(keep);
  }
}

main().then((code) => {
  process.exitCode = code;
}, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
