import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MAX_ROW_ERRORS, VinculumError, type ExtractManifest } from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { parseExtractManifest } from '../extract-folder/index.js';
import { Refusal } from '../platform/problem/refusal.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { Comparisons } from './comparisons.service.js';
import { assertNotDestroyed, assertReceiving, CustodianExtracts } from './custodian-extracts.js';
import { DeliveryCheck, type Inspection } from './delivery-check.js';
import { attestation, EncodingSafety } from './encoding-safety.js';
import type { FilterShares } from './encodings-check.js';
import { extractView, type ExtractView } from './extract-view.js';
import { ExtractsRepository, type ExtractRow } from './extracts.repository.js';
import { InferredVariables } from './inferred-variables.js';
import { assertWithinLimits, MAX_CHECKS, MAX_RECEIVING } from './limits.js';
import { assertFitsProject, assertSegments } from './project-fit.js';
import type { ReportView } from './report-view.js';
import { UploadsRepository, type UploadRow } from './uploads.repository.js';

/**
 * Deliveries of the registers: opened with a manifest, filled with the bytes of its parts, sealed; accepted
 * or refused whole.
 */
@Injectable()
export class ExtractsService {
  private checks = 0;

  constructor(
    private readonly custodian: CustodianExtracts,
    private readonly extracts: ExtractsRepository,
    private readonly uploads: UploadsRepository,
    private readonly projects: ProjectsService,
    private readonly delivery: DeliveryCheck,
    private readonly comparisons: Comparisons,
    private readonly inferred: InferredVariables,
    private readonly safety: EncodingSafety,
  ) {}

  /**
   * The same manifest again is the same extract, while it is received and while it is the register's current
   * one: who lost the answer asks again, and two that race go on together.
   *
   * @throws VinculumError where the manifest is malformed, too large or does not fit the project; Refusal
   *   403, 404, 409.
   */
  async open(principal: ActingPrincipal, projectId: string, json: unknown): Promise<{ extractId: string }> {
    const project = await this.projects.enter(principal, projectId);
    const id = randomUUID();
    const { organisation } = principal;
    try {
      const manifest = parseExtractManifest(json);
      assertWithinLimits(manifest);
      assertFitsProject(manifest, project, organisation);
      this.inferred.assertNone(manifest);
      attestation(manifest);
      return await this.custodian.transaction(organisation, (manager) =>
        this.openOnce(manager, principal, project, manifest, id));
    } catch (error) {
      if (!(error instanceof VinculumError)) throw error;
      await this.custodian.transaction(organisation, (manager) => this.custodian.log(
        manager, principal, project, 'extract.submit', id, 'refused', { reason: error.code }));
      throw error;
    }
  }

  async read(principal: ActingPrincipal, id: string): Promise<ExtractView> {
    return this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id);
      assertNotDestroyed(extract);
      return extractView(extract, await this.uploads.ofExtract(manager, id));
    });
  }

  /**
   * Says that the delivery is complete: it is read from its stored bytes, and accepted or refused whole. To
   * seal again what was accepted changes nothing.
   *
   * @throws Refusal 409 `EXTRACT_INCOMPLETE`, `EXTRACT_BUSY`, `EXTRACT_STATE`; 503 `CHECKS_BUSY`;
   *   VinculumError where the extract is refused.
   */
  async seal(principal: ActingPrincipal, id: string): Promise<ExtractView> {
    if (this.checks >= MAX_CHECKS) {
      throw new Refusal(503, 'CHECKS_BUSY', `${MAX_CHECKS} extracts are being checked already`, 'try again');
    }
    this.checks++;
    try {
      return await this.decide(principal, id);
    } finally {
      this.checks--;
    }
  }

  private async openOnce(
    manager: EntityManager, principal: ActingPrincipal, project: Project, manifest: ExtractManifest,
    id: string,
  ): Promise<{ extractId: string }> {
    const { registerId, cardinality, records, specHash, referenceDate } = manifest;
    await this.extracts.lockOpening(manager, project.id, registerId);
    const same = await this.extracts.findSame(manager, project.id, manifest);
    if (same) return { extractId: same.id };
    assertSegments(manifest, await this.extracts.agreedSegments(manager, project.id));
    if (await this.extracts.countReceiving(manager, project.id, registerId) >= MAX_RECEIVING) {
      throw new Refusal(409, 'TOO_MANY_EXTRACTS',
        `${MAX_RECEIVING} extracts of the register are being received`,
        'finish them; those to which nothing comes expire by themselves');
    }
    const { organisation, subject } = principal;
    await this.extracts.insert(manager, {
      id, project: project.id, registerId, cardinality, organisation, manifest,
      wrappedKey: await this.custodian.newKeys(manager, id),
    }, subject);
    await this.custodian.log(manager, principal, project, 'extract.submit', id, 'pending', {
      register: registerId, records, specHash, referenceDate, sha256: manifest.parts.encodings.sha256,
    });
    return { extractId: id };
  }

  /** One transaction; a fault of the extract itself refuses it whole. */
  private async decide(principal: ActingPrincipal, id: string): Promise<ExtractView> {
    let project: Project | undefined;
    const inspection: Inspection = {};
    try {
      return await this.custodian.transaction(principal.organisation, async (manager) => {
        const extract = await this.custodian.find(manager, principal, id, 'update');
        if (extract.state === 'accepted') return extractView(extract, []);
        assertReceiving(extract);
        assertComplete(extract, await this.uploads.ofExtract(manager, id));
        project = await this.projects.enter(principal, extract.project);
        const keys = await this.custodian.keysOf(manager, extract);
        const filters = await this.delivery.read(manager, extract, keys, inspection);
        const report: ReportView = { verdict: 'accepted', rows: [], ...inspection };
        return this.accept(manager, principal, extract, project, report, filters);
      });
    } catch (error) {
      if (project && error instanceof VinculumError) {
        await this.refuse(principal, project, id, error, inspection);
      }
      throw error;
    }
  }

  private async accept(
    manager: EntityManager, principal: ActingPrincipal, extract: ExtractRow, project: Project,
    report: ReportView, filters: FilterShares,
  ): Promise<ExtractView> {
    const { specHash, keyFingerprint, records, registerId, segments } = extract.manifest;
    assertSegments(extract.manifest, await this.extracts.agreedSegments(manager, project.id));
    await this.comparisons.assertCanaries(manager, extract);
    await this.projects.beginCollecting(principal, project.id, { specHash, keyFingerprint });
    const accepted = await this.extracts.accept(manager, extract, report, project.retentionDays);
    const crossChecks = records < this.safety.leastRecords ? []
      : await this.comparisons.crossCheck(manager, extract, filters);
    await this.uploads.removeReceived(manager, extract.id);
    await this.custodian.log(manager, principal, project, 'extract.seal', extract.id, 'accepted',
      {
        register: registerId, records, segments: segments.length, safety: report.safety?.verdict ?? 'not judged',
        riskLevels: this.safety.hash, crossChecks, version: accepted.version,
        destroyAfter: accepted.destroyAfter!.toISOString(),
      });
    return extractView({ ...extract, ...accepted, state: 'accepted', report }, []);
  }

  /** Nothing of a refused extract stays but the fact and the report. */
  private async refuse(
    principal: ActingPrincipal, project: Project, id: string, error: VinculumError, inspection: Inspection,
  ): Promise<void> {
    const rows = error.rows.slice(0, MAX_ROW_ERRORS);
    await this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id, 'update');
      if (extract.state !== 'receiving') return;
      await this.custodian.removeStored(manager, id);
      await this.extracts.end(manager, id, 'refused', {
        verdict: 'refused', code: error.code, detail: error.message, rows, ...inspection,
      });
      await this.custodian.log(manager, principal, project, 'extract.seal', id, 'refused',
        { reason: error.code, rowsListed: error.rows.length, riskLevels: this.safety.hash });
    });
  }
}

/** Uploads of a part do not overlap: where their bytes add up, they cover it. */
function assertComplete({ id, manifest }: ExtractRow, uploads: readonly UploadRow[]): void {
  const missing = Object.entries(manifest.parts).flatMap(([name, { bytes }]) => {
    const received = uploads.filter(({ part }) => part === name)
      .reduce((sum, upload) => sum + upload.received, 0);
    return received === bytes ? [] : [`${name}: ${received} of ${bytes} bytes`];
  });
  if (missing.length === 0) return;
  throw new Refusal(409, 'EXTRACT_INCOMPLETE', `not everything has arrived: ${missing.join('; ')}`,
    `send the rest; GET /api/extracts/${id} says what is there`);
}
