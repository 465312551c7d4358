import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { VinculumError, encodingRowBytes, type EncodedExtract, type JsonValue } from '#libs/record';
import { linkageSpecText, type LinkageProgress } from '#libs/linkage';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { DataKey } from '../extracts/data-key.js';
import { EncodedRows } from '../extracts/encoded-rows.js';
import { openedChunks } from '../extracts/opened-chunks.js';
import { wholeRows } from '../extracts/whole-rows.js';
import { objectionMarks, objectionTokenMarks } from '../objections/objection-mark.js';
import { CopyRows } from '../platform/database/copy-rows.js';
import { JOB_QUEUE, type JobQueue } from '../platform/queue/job-queue.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { ReleasesService } from '../releases/releases.service.js';
import { consentingRows } from './consenting-rows.js';
import { engineVersion } from './engine-version.js';
import { entityIds } from './entity-ids.js';
import type { KeptResult } from './linkage-messages.js';
import type { RunManifest, RunRow } from './linkage-run.js';
import { ObjectingRows } from './objecting-rows.js';
import { LinkageRunsRepository, type AcceptedExtract } from './linkage-runs.repository.js';
import { LINKAGE_RUN } from './linkage-runs.service.js';
import { runEstimates } from './run-estimates.js';
import { linkInThread } from './thread-linker.js';

interface LoadedExtract {
  readonly accepted: AcceptedExtract;
  readonly recordIds: Uint8Array;
  /** Row that was linked -> row of the extract; undefined where all were. */
  readonly rowOf: Uint32Array | undefined;
  /** Marks (hex) of the records that were left out. */
  readonly objecting: readonly string[];
  readonly encoded: EncodedExtract;
}

/** Rows of the link map between two looks at the stream: some 3 MB. */
const ROWS_A_PIECE = 50_000;
const PROGRESS_EVERY_MS = 400;

/**
 * Does the linkage runs that are queued. A run that comes twice (its worker was killed, or was only slow) is
 * written once: the first to finish holds the row, the other finds it done and drops what it has.
 */
@Injectable()
export class LinkageJob implements OnApplicationBootstrap {
  constructor(
    @InjectDataSource('linker') private readonly database: DataSource,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly runs: LinkageRunsRepository,
    private readonly projects: ProjectsService,
    private readonly releases: ReleasesService,
    private readonly auditLog: AuditLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.context.consumesJobs) return;
    await this.queue.consume(LINKAGE_RUN, (reference, signal) => this.perform(reference, signal));
    const unfinished = await this.runs.unfinished(this.database.manager);
    for (const id of unfinished) await this.queue.enqueue(LINKAGE_RUN, id);
  }

  private async perform(id: string, signal: AbortSignal): Promise<void> {
    const { manager } = this.database;
    const run = await this.runs.find(manager, id);
    const started = { stage: 'load', registers: '', percentage: 0 };
    if (!run || !await this.runs.reportProgress(manager, id, started)) return;
    const project = await this.projects.find(run.project);
    const cancelled = new AbortController();
    try {
      // COPY, which reads the chunks, needs a connection to itself.
      const loaded = await this.database.transaction((reader) => this.load(reader, run));
      const extracts = loaded.map(({ encoded }) => encoded);
      const stop = AbortSignal.any([signal, cancelled.signal]);
      const result = await linkInThread({ extracts, spec: run.spec }, this.reporter(id, cancelled), stop);
      await this.save(run, project, loaded, result);
    } catch (error) {
      if (cancelled.signal.aborted) return;
      if (!(error instanceof VinculumError)) throw error;
      await this.fail(run, project, error.code);
    }
  }

  /** Writes progress now and then; when the row says that the run has ended, stops the work. */
  private reporter(id: string, cancelled: AbortController): (progress: LinkageProgress) => void {
    let due = 0;
    return ({ stage, registers, fraction }) => {
      if (performance.now() < due) return;
      due = performance.now() + PROGRESS_EVERY_MS;
      const percentage = Math.round(fraction * 100);
      this.runs.reportProgress(this.database.manager, id, { stage, registers, percentage })
        .then((goesOn) => {
          if (!goesOn) cancelled.abort(new Error('the run was cancelled'));
        })
        .catch(() => undefined); // The database is away for a moment: saving the result will tell.
    };
  }

  private async load(manager: EntityManager, run: RunRow): Promise<LoadedExtract[]> {
    const loaded: LoadedExtract[] = [];
    const linked = await this.acceptedOf(manager, run);
    for (const extract of linked) loaded.push(await this.loadExtract(manager, run, extract, linked));
    return loaded;
  }

  /** @throws VinculumError `EXTRACT_SUPERSEDED`. */
  private async acceptedOf(manager: EntityManager, run: RunRow): Promise<AcceptedExtract[]> {
    const accepted = await this.runs.acceptedExtracts(manager, run.project);
    return run.extracts.map((id) => {
      const extract = accepted.find((candidate) => candidate.id === id);
      if (extract) return extract;
      throw new VinculumError('EXTRACT_SUPERSEDED',
        'an extract of the run is no longer the current one; start a new run');
    });
  }

  /** Decrypts chunk by chunk into one array a segment, and leaves out who objects. */
  private async loadExtract(
    manager: EntityManager, run: RunRow, accepted: AcceptedExtract, linked: readonly AcceptedExtract[],
  ): Promise<LoadedExtract> {
    const { registerId, cardinality, records, segments: shapes } = accepted.manifest;
    const rows = new EncodedRows(accepted.manifest);
    const key = await DataKey.unwrap(this.context.storageKeys, accepted.id, accepted.wrappedKey);
    const chunks = openedChunks(key, this.runs.chunks(manager, accepted.id));
    for await (const whole of wholeRows(chunks, encodingRowBytes(shapes))) rows.take(whole);
    if (rows.rows !== records) throw new Error(`extract ${accepted.id} holds ${rows.rows} rows, ${records} expected`);
    const { masterKey } = this.context;
    const objecting = new ObjectingRows(
      await this.runs.objections(manager, run.project, accepted, linked),
      objectionMarks(masterKey, accepted.organisation, registerId), objectionTokenMarks(masterKey),
      rows.segments);
    const { recordIds, segments, rowOf, records: kept } = consentingRows(rows, objecting.isEmpty ? undefined
      : (recordId, row) => objecting.has(recordId, row));
    if (kept === 0) throw new VinculumError('NOTHING_TO_LINK', 'no record of an extract is left to link');
    const encoded = { registerId, cardinality, records: kept, segments };
    return { accepted, recordIds, rowOf, objecting: objecting.found, encoded };
  }

  private async save(
    run: RunRow, project: Project, loaded: LoadedExtract[], result: KeptResult,
  ): Promise<void> {
    const manifest = manifestOf(run, loaded, result);
    const estimates = runEstimates(result);
    const objections = loaded.map(({ accepted, objecting }) => ({
      registerId: accepted.registerId,
      records: this.releases.protectedNumber(project.disclosurePolicy, objecting),
    }));
    const saving = { stage: 'save', registers: '', percentage: 100 };
    if (!await this.runs.reportProgress(this.database.manager, run.id, saving)) return;
    // First, and again without effect should we die in between: the run's own row says whether it is done.
    await this.projects.markLinked({ subject: run.requestedBy, role: 'linkage-operator' }, project.id);
    await this.database.transaction(async (manager) => {
      await this.runs.lockExtracts(manager, run.project);
      const current = await this.runs.lock(manager, run.id);
      if (current?.state !== 'running') return;
      await this.acceptedOf(manager, run);
      await this.runs.writeLinkMap(manager, run.id, this.linkMap(run, loaded, result));
      await this.runs.complete(manager, run.id, manifest, estimates, objections);
      await this.append(manager, run, project, 'ok', {
        specHash: manifest.specHash, engine: manifest.engine, linksDigest: manifest.linksDigest,
        estimatedPrecisionPerTenThousand: Math.round(estimates.precision * 1e4),
        estimatedRecallPerTenThousand: Math.round(estimates.recall * 1e4),
        warnings: estimates.warnings.map(({ code }) => code),
      });
    });
  }

  private async fail(run: RunRow, project: Project, code: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const current = await this.runs.lock(manager, run.id);
      if (current?.state !== 'running') return;
      await this.runs.end(manager, run.id, 'failed', code);
      await this.append(manager, run, project, 'failed', { reason: code });
    });
  }

  private async append(
    manager: EntityManager, run: RunRow, project: Project, outcome: 'ok' | 'failed', details: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: run.requestedBy, role: 'linkage-operator', action: 'linkage-run.complete',
      object: `linkage-run:${run.id}`, outcome, purpose: project.purpose, project: project.id, approvals: [`project:${project.id}`], details,
    });
  }

  private* linkMap(run: RunRow, loaded: LoadedExtract[], result: KeptResult): Generator<Buffer> {
    const linked = loaded.map(({ encoded, recordIds }, x) => (
      { registerId: encoded.registerId, recordIds, entityOf: result.entityOf[x] }));
    const ids = entityIds(this.context.masterKey, run.project, linked, result.entities);
    const copy = new CopyRows();
    for (const [x, { accepted, rowOf }] of loaded.entries()) {
      const [entityOf, probability] = [result.entityOf[x], result.probability[x]];
      for (let row = 0; row < entityOf.length; row++) {
        copy.beginRow(5);
        copy.uuid(run.id);
        copy.uuid(accepted.id);
        copy.integer(rowOf ? rowOf[row] : row);
        copy.bigint(ids[entityOf[row]]);
        copy.real(Math.min(1, Math.max(0, probability[row])));
        if (row % ROWS_A_PIECE === ROWS_A_PIECE - 1) yield copy.take();
      }
      yield copy.take();
    }
  }
}

function manifestOf(run: RunRow, loaded: readonly LoadedExtract[], result: KeptResult): RunManifest {
  const digest = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of result.entityOf) {
    digest.update(Buffer.from(buffer, byteOffset, byteLength));
  }
  return {
    engine: engineVersion(),
    specHash: createHash('sha256').update(linkageSpecText(run.spec)).digest('hex'),
    inputs: loaded.map(({ accepted }) => ({
      extract: accepted.id, registerId: accepted.registerId, version: accepted.version,
      referenceDate: accepted.manifest.referenceDate, records: accepted.manifest.records,
      sha256: accepted.manifest.parts.encodings.sha256,
    })),
    linksDigest: digest.digest('hex'),
    timings: Object.fromEntries(Object.entries(result.timings).map(([stage, ms]) => [stage, Math.round(ms)])),
  };
}
