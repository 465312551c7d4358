import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import {
  MAX_ROW_ERRORS, RECORD_ID_BYTES, VinculumError, encodingRowBytes,
  type ExtractPartName, type JsonValue,
} from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { parseExtractManifest, RecordIdTable } from '../extract-folder/index.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { assertFitsProject, assertSegments } from './project-fit.js';
import { CodeLists } from './code-lists.js';
import { ContentPart } from './content-part.js';
import { DataKey } from './data-key.js';
import { EncodingsPart } from './encodings-part.js';
import { EventsPart } from './events-part.js';
import { ExtractsRepository, type ExtractRow } from './extracts.repository.js';
import { PartMeter } from './part-meter.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the custodian hears: how far its delivery is, and accepted or refused. Nothing about links, ever. */
export interface ExtractView {
  readonly extractId: string;
  readonly project: string;
  readonly registerId: string;
  readonly state: string;
  readonly records: number;
  /** Rows of the parts that have arrived. */
  readonly parts: Readonly<Partial<Record<ExtractPartName, number>>>;
  readonly report?: object;
}

/**
 * Deliveries of the registers: opened with a manifest, filled part by part, sealed; accepted or refused
 * whole.
 */
@Injectable()
export class ExtractsService {
  private readonly codes = new CodeLists();

  constructor(
    @InjectDataSource('extracts') private readonly database: DataSource,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly extracts: ExtractsRepository,
    private readonly projects: ProjectsService,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * @throws VinculumError where the manifest is malformed or does not fit the project; Refusal 403, 404,
   *   409.
   */
  async open(principal: ActingPrincipal, projectId: string, json: unknown): Promise<{ extractId: string }> {
    const project = await this.projects.enter(principal, projectId);
    const id = randomUUID();
    try {
      const manifest = parseExtractManifest(json);
      assertFitsProject(manifest, project, principal.organisation);
      await this.actingFor(principal, async (manager) => {
        assertSegments(manifest, await this.extracts.agreedSegments(manager, project.id));
        const { registerId, cardinality } = manifest;
        await this.extracts.insert(manager, {
          id, project: project.id, registerId, cardinality, organisation: principal.organisation, manifest,
          wrappedKey: DataKey.generate(id).wrap(this.context.masterKey),
        }, principal.subject);
        await this.log(manager, principal, project, 'extract.submit', id, 'pending', {
          register: registerId, records: manifest.records, specHash: manifest.specHash,
          referenceDate: manifest.referenceDate, sha256: manifest.parts.encodings.sha256,
        });
      });
    } catch (error) {
      if (!(error instanceof VinculumError)) throw error;
      await this.actingFor(principal, (manager) => this.log(
        manager, principal, project, 'extract.submit', id, 'refused', { reason: error.code }));
      throw error;
    }
    return { extractId: id };
  }

  async read(principal: ActingPrincipal, id: string): Promise<ExtractView> {
    return this.actingFor(principal, async (manager) => {
      const extract = await this.visible(principal, id, () => this.extracts.find(manager, id));
      return view(extract, await this.extracts.parts(manager, id));
    });
  }

  /**
   * Takes the bytes of a part, in the place of an earlier delivery of it. Bytes that differ from the manifest
   * leave everything as it was: send the part again. A fault in a row refuses the extract.
   */
  async receive(
    principal: ActingPrincipal, id: string, part: ExtractPartName, body: Readable,
  ): Promise<{ part: ExtractPartName; rows: number }> {
    try {
      return await this.decide(principal, id, async (manager, extract, project) => {
        const expected = extract.manifest.parts[part];
        if (!expected) throw new Refusal(422, 'PART_NOT_ANNOUNCED', `the manifest names no part ${part}`);
        const rowBytes = part === 'encodings' ? encodingRowBytes(extract.manifest.segments) : undefined;
        const meter = new PartMeter(part, expected, rowBytes);
        const reading = await this.readingOf(manager, extract, part);
        const bytes = meter.pass(body.iterator({ destroyOnReturn: false }));
        await this.extracts.replacePart(manager, id, part, reading.copyRows(bytes));
        meter.assertWhole();
        reading.findings.assertNone(part);
        await this.extracts.markReceived(manager, id, part, expected.rows);
        await this.log(manager, principal, project, 'extract.receive', id, 'ok',
          { part, rows: expected.rows, bytes: expected.bytes, sha256: expected.sha256 });
        return { part, rows: expected.rows };
      });
    } finally {
      // What is left unread would keep the answer from getting through.
      body.resume();
    }
  }

  /** Says that the delivery is complete. */
  async seal(principal: ActingPrincipal, id: string): Promise<ExtractView> {
    return this.decide(principal, id, async (manager, extract, project) => {
      const parts = await this.extracts.parts(manager, id);
      const missing = Object.keys(extract.manifest.parts).filter((part) => !Object.hasOwn(parts, part));
      if (missing.length > 0) {
        throw new VinculumError('EXTRACT_INCOMPLETE',
          `sealed without ${missing.join(', ')}; submit the extract again and send every part before sealing it`);
      }
      assertSegments(extract.manifest, await this.extracts.agreedSegments(manager, project.id));
      const { specHash, keyFingerprint, records, registerId } = extract.manifest;
      await this.projects.beginCollecting(principal, project.id, { specHash, keyFingerprint });
      await this.extracts.accept(manager, extract);
      await this.log(
        manager, principal, project, 'extract.seal', id, 'accepted', { register: registerId, records });
      return view({ ...extract, state: 'accepted' }, parts);
    });
  }

  /** One transaction on an extract that is being received; a fault of the extract itself refuses it whole. */
  private async decide<T>(
    principal: ActingPrincipal, id: string,
    work: (manager: EntityManager, extract: ExtractRow, project: Project) => Promise<T>,
  ): Promise<T> {
    let project: Project | undefined;
    try {
      return await this.actingFor(principal, async (manager) => {
        const extract = await this.visible(principal, id, () => this.extracts.lock(manager, id));
        if (extract.state !== 'receiving') {
          throw new Refusal(409, 'EXTRACT_STATE', `the extract is ${extract.state}`, 'submit a new one');
        }
        project = await this.projects.enter(principal, extract.project);
        return work(manager, extract, project);
      });
    } catch (error) {
      if (project && error instanceof VinculumError && error.code !== 'EXTRACT_PART_DIFFERS') {
        await this.refuse(principal, project, id, error);
      }
      throw error;
    }
  }

  private async refuse(
    principal: ActingPrincipal, project: Project, id: string, error: VinculumError,
  ): Promise<void> {
    const rows = error.rows.slice(0, MAX_ROW_ERRORS);
    await this.actingFor(principal, async (manager) => {
      await this.extracts.refuse(manager, id, { code: error.code, detail: error.message, rows });
      await this.log(manager, principal, project, 'extract.seal', id, 'refused',
        { reason: error.code, rowsListed: error.rows.length });
    });
  }

  private async readingOf(
    manager: EntityManager, extract: ExtractRow, part: ExtractPartName,
  ): Promise<EncodingsPart | ContentPart | EventsPart> {
    const { id, manifest } = extract;
    if (part === 'encodings') return new EncodingsPart(id, manifest, this.keyOf(extract));
    const parts = await this.extracts.parts(manager, id);
    if (parts.encodings === undefined) {
      throw new Refusal(409, 'ENCODINGS_FIRST', `the rows of ${part} are checked against the encodings`,
        `PUT /api/extracts/${id}/parts/encodings first`);
    }
    const ids = await this.recordIds(manager, extract);
    return part === 'content' ? new ContentPart(id, manifest, ids, this.codes)
      : new EventsPart(id, manifest, ids, this.codes);
  }

  /** Record id -> row, from the stored encodings: 20 to 60 bytes a record in memory. */
  private async recordIds(manager: EntityManager, extract: ExtractRow): Promise<RecordIdTable> {
    const ids = new RecordIdTable();
    const key = this.keyOf(extract);
    const rowBytes = encodingRowBytes(extract.manifest.segments);
    for (let chunkNo = 0, row = 1; ; chunkNo++) {
      const data = await this.extracts.readChunk(manager, extract.id, chunkNo);
      if (!data) return ids;
      const rows = key.openChunk(chunkNo, data);
      for (let at = 0; at < rows.length; at += rowBytes) {
        ids.add(rows.subarray(at, at + RECORD_ID_BYTES), row++);
      }
    }
  }

  private keyOf(extract: ExtractRow): DataKey {
    if (!extract.wrappedKey) throw new Refusal(410, 'EXTRACT_DESTROYED', 'the extract was destroyed');
    return DataKey.unwrap(this.context.masterKey, extract.id, extract.wrappedKey);
  }

  private actingFor<T>(principal: ActingPrincipal, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      await this.extracts.actFor(manager, principal.organisation);
      return work(manager);
    });
  }

  private async visible(
    principal: ActingPrincipal, id: string, find: () => Promise<ExtractRow | undefined>,
  ): Promise<ExtractRow> {
    const extract = UUID.test(id) ? await find() : undefined;
    if (!extract) throw notFound('extract');
    await this.projects.read(principal, extract.project);
    return extract;
  }

  private async log(
    manager: EntityManager, principal: ActingPrincipal, project: Project, action: string, id: string,
    outcome: 'pending' | 'ok' | 'accepted' | 'refused', details: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: principal.subject, role: principal.role, action, object: `extract:${id}`, outcome,
      purpose: project.purpose, project: project.id, approvals: [`project:${project.id}`], details,
    });
  }
}

function view(extract: ExtractRow, parts: Partial<Record<ExtractPartName, number>>): ExtractView {
  const { id: extractId, project, registerId, state, manifest, report } = extract;
  return {
    extractId, project, registerId, state, records: manifest.records, parts, ...(report ? { report } : {}),
  };
}

