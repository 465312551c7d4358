import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import {
  cellKey, parseDisclosurePolicy, perturbationTableOf, protect, recordKeyFunction,
  type CountTable, type DisclosureDecision, type RecordKeyFunction, type Release,
} from '#libs/disclose';
import { toCsv, toSdmxCsv, type TableMetadata } from '#libs/disseminate';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound } from '../platform/problem/refusal.js';
import { readConfigFile } from '../platform/settings/config-file.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { ProjectsService } from '../projects/projects.service.js';
import { readRecordKeySecret } from './record-key-secret.js';
import { ReleasesRepository, type ReleaseRow } from './releases.repository.js';

/** Maintenance agency of our dataflows, until a statistics office puts its own. */
const AGENCY = 'VINCULUM';
const DATAFLOW_VERSION = '1.0.0';

/** A computed cohort at the door. `table` holds true counts: they end here. */
export interface UnprotectedCohort {
  readonly cohort: string;
  readonly project: string;
  /** Name of a file in config/disclosure. */
  readonly policy: string;
  readonly table: CountTable;
  readonly title: string;
  /** Name of the cohort definition. */
  readonly dataflow: string;
  readonly referenceArea: string;
  readonly timePeriod: string;
}

/** What the log says of a release. */
export interface ReleaseSummary {
  readonly release: string;
  readonly cells: number;
  readonly suppressed: number;
  readonly policyHash: string;
}

export interface ReleaseView extends TableMetadata {
  readonly releaseId: string;
  readonly cohortId: string;
  readonly project: string;
  readonly cells: number;
  readonly suppressed: number;
  readonly policy: { readonly name: string; readonly hash: string; readonly minimumCount: number };
  readonly createdAt: string;
}

/** The only door for numbers: what leaves was protected here. */
@Injectable()
export class ReleasesService {
  private readonly recordKey: RecordKeyFunction;

  constructor(
    @InjectDataSource('releases') private readonly database: DataSource,
    @Inject(SERVICE_CONTEXT) context: ServiceContext,
    private readonly releases: ReleasesRepository,
    private readonly projects: ProjectsService,
  ) {
    this.recordKey = recordKeyFunction(readRecordKeySecret(context.settings.keys));
  }

  /** Entity -> record key: the same for every table, or repeated tables average the noise away. */
  recordKeys(): RecordKeyFunction {
    return this.recordKey;
  }

  /** Protects and stores in the caller's transaction; the counts themselves are stored nowhere. */
  async protect(manager: EntityManager, cohort: UnprotectedCohort): Promise<ReleaseSummary> {
    const { policy, hash } = readConfigFile(
      'disclosure', cohort.policy, 'DISCLOSURE_POLICY_UNKNOWN', parseDisclosurePolicy);
    const release = protect(cohort.table, policy, perturbationTableOf(policy));
    const metadata: TableMetadata = {
      agency: AGENCY, dataflow: `DF_${cohort.dataflow.toUpperCase().replaceAll('-', '_')}`,
      version: DATAFLOW_VERSION, title: cohort.title, referenceArea: cohort.referenceArea,
      timePeriod: cohort.timePeriod,
    };
    const id = await this.releases.insert(manager, {
      cohort: cohort.cohort, project: cohort.project, policyHash: hash, stored: { release, metadata },
    });
    const suppressed = suppressedCells(release);
    return { release: id, cells: release.cells.length, suppressed, policyHash: hash };
  }

  /**
   * One number of persons, protected with the cell keys and the minimum count of a policy. None and few look
   * the same: null. Stored nowhere unprotected.
   *
   * @param policy name of a file in config/disclosure. @param persons ids, each one person's for ever.
   */
  protectedNumber(policy: string, persons: readonly string[]): number | null {
    const { policy: rules } = readConfigFile(
      'disclosure', policy, 'DISCLOSURE_POLICY_UNKNOWN', parseDisclosurePolicy);
    const cell = { codes: ['_T'], count: persons.length, cellKey: cellKey(persons.map(this.recordKey)) };
    const table = { dimensions: [{ id: 'RECORDS', codes: ['_T'] }], cells: [cell] };
    return protect(table, rules, perturbationTableOf(rules)).cells[0].value || null;
  }

  /** Id of a cohort's release, once there is one. */
  idOf(cohort: string): Promise<string | undefined> {
    return this.releases.idOf(this.database.manager, cohort);
  }

  async read(principal: ActingPrincipal, id: string): Promise<ReleaseView> {
    const { cohort, project, policyHash, stored, createdAt } = await this.visible(principal, id);
    const { release, metadata } = stored;
    return {
      releaseId: id, cohortId: cohort, project, ...metadata, cells: release.cells.length,
      suppressed: suppressedCells(release),
      policy: { name: release.policy.name, hash: policyHash, minimumCount: release.policy.minimumCount },
      createdAt: createdAt.toISOString(),
    };
  }

  async csv(principal: ActingPrincipal, id: string): Promise<string> {
    const { stored } = await this.visible(principal, id);
    return toCsv(stored.release, stored.metadata);
  }

  async sdmxCsv(principal: ActingPrincipal, id: string): Promise<string> {
    const { stored } = await this.visible(principal, id);
    return toSdmxCsv(stored.release, stored.metadata);
  }

  async decisions(principal: ActingPrincipal, id: string): Promise<readonly DisclosureDecision[]> {
    return (await this.visible(principal, id)).stored.release.decisions;
  }

  private async visible(principal: ActingPrincipal, id: string): Promise<ReleaseRow> {
    const release = isRowId(id) ? await this.releases.find(this.database.manager, id) : undefined;
    if (!release) throw notFound('release');
    await this.projects.read(principal, release.project);
    return release;
  }
}

function suppressedCells(release: Release): number {
  return release.cells.filter(({ value }) => value === null).length;
}
