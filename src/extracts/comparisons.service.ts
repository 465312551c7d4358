import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { compareColumns, worstAgreement } from '#libs/encode';
import { filterSegments, VinculumError, type SegmentShape } from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { ProjectsService } from '../projects/projects.service.js';
import { ComparisonsRepository, type StoredShares } from './comparisons.repository.js';
import type { CrossCheckView, SegmentCheckView } from './cross-check-view.js';
import type { FilterShares } from './encodings-check.js';
import type { ExtractRow } from './extracts.repository.js';

/** What is known about extracts only when there are two: one key, one spec, one order of bits. */
@Injectable()
export class Comparisons {
  constructor(
    @InjectDataSource('linker') private readonly database: DataSource,
    private readonly comparisons: ComparisonsRepository,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * The first extract with canaries sets those of the project.
   *
   * @throws VinculumError `CANARIES_DIFFER` that names the segments.
   */
  async assertCanaries(manager: EntityManager, { project, manifest }: ExtractRow): Promise<void> {
    await this.comparisons.lock(manager, project);
    if (!manifest.canaries) return;
    const agreed = await this.comparisons.agreedCanaries(manager, project);
    if (!agreed) return this.comparisons.agreeOnCanaries(manager, project, manifest.canaries);
    const differing = manifest.canaries.filter(({ segment, sha256 }) =>
      agreed.some((other) => other.segment === segment && other.sha256 !== sha256));
    if (differing.length === 0) return;
    throw new VinculumError('CANARIES_DIFFER',
      `the canary records have other filters than those of the project in ${differing.map(({ segment }) => segment).join(', ')}; `
      + 'compare key, spec and version of the encoder with the other custodians');
  }

  /** Compares an extract that is being accepted with those of the other registers, and keeps the verdicts. */
  async crossCheck(
    manager: EntityManager, { id, project, registerId, manifest }: ExtractRow, filters: FilterShares,
  ): Promise<{ register: string; verdict: string }[]> {
    const own = {
      extract: id, registerId, rows: filters.countedRows,
      shares: Float32Array.from(filters.columnShares.flatMap((shares) => Array.from(shares))),
    };
    // A segment that no record has leaves no shares.
    const filterShapes = filterSegments(manifest.segments);
    if (own.shares.length !== filterShapes.reduce((sum, { bits }) => sum + bits, 0)) return [];
    const verdicts: { register: string; verdict: string }[] = [];
    for (const other of await this.comparisons.otherShares(manager, project, registerId)) {
      const segments = compared(filterShapes, own, other);
      const verdict = worstAgreement(segments.map(({ agreement }) => agreement));
      await this.comparisons.addCrossCheck(manager, {
        extract: id, otherExtract: other.extract, project, registerId, otherRegister: other.registerId,
        verdict, segments,
      });
      verdicts.push({ register: other.registerId, verdict });
    }
    await this.comparisons.addShares(manager, project, own);
    return verdicts;
  }

  async list(principal: ActingPrincipal, projectId: string): Promise<CrossCheckView[]> {
    const { id } = await this.projects.read(principal, projectId);
    const checks = await this.comparisons.crossChecks(this.database.manager, id);
    return checks.map(({ registerId, otherRegister, verdict, segments, checkedAt }) => ({
      registers: [registerId, otherRegister].sort(), verdict, segments: [...segments],
      checkedAt: checkedAt.toISOString(),
    }));
  }
}

function compared(
  segments: readonly SegmentShape[], a: StoredShares, b: StoredShares,
): (SegmentCheckView & Pick<ReturnType<typeof compareColumns>, 'agreement'>)[] {
  let at = 0;
  return segments.map(({ name, bits }) => {
    const of = ({ shares, rows }: StoredShares): Parameters<typeof compareColumns>[0] =>
      ({ shares: shares.subarray(at, at + bits), rows });
    const { agreement, observed, expected } = compareColumns(of(a), of(b));
    at += bits;
    return { segment: name, agreement, observed: Math.round(observed), expected: Math.round(expected) };
  });
}
