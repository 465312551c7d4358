import type { Cardinality } from '#libs/record';
import type { BoardSeat } from '../platform/identity/principal.js';
import type { DataProtectionImpactAssessment, FiveSafes } from './assessment.js';
import type { ProjectState } from './project.entity.js';
import type { ProjectRow } from './projects.repository.js';

/** A project as its participants see it. There is no data of people in it. */
export interface Project {
  readonly id: string;
  readonly title: string;
  /** Term of the closed list of purposes. */
  readonly purpose: string;
  readonly legalBasis: string;
  readonly state: ProjectState;
  readonly requester: string;
  readonly requesterOrganisation: string;
  readonly registers: readonly {
    readonly registerId: string; readonly cardinality: Cardinality; readonly organisation: string;
  }[];
  /** Null until the first accepted extract sets it, unless the project names it. */
  readonly encodingSpecHash: string | null;
  readonly keyFingerprint: string | null;
  /** To which the registers are frozen, and variables of the content; null: not laid down. */
  readonly referenceDate: string | null;
  readonly variables: readonly string[] | null;
  /** Name of a file in config/disclosure. */
  readonly disclosurePolicy: string;
  readonly retentionDays: number;
  readonly vulnerableGroups: boolean;
  readonly dpia: Partial<DataProtectionImpactAssessment> | null;
  readonly fiveSafes: Partial<FiveSafes> | null;
  readonly consultation: string | null;
  readonly approvals: readonly {
    readonly approver: string; readonly organisation: string; readonly seat: BoardSeat; readonly at: string;
  }[];
  readonly createdAt: string;
  readonly approvedAt: string | null;
  /** From when on nothing of it is kept but what was released, and the log. */
  readonly closedAt: string | null;
}

export function projectView({ project, registers, approvals }: ProjectRow): Project {
  const { createdAt, approvedAt, closedAt, ...shown } = project;
  return {
    ...shown,
    registers: registers.map(({ registerId, cardinality, organisation }) =>
      ({ registerId, cardinality, organisation })),
    approvals: approvals.map(({ approver, organisation, seat, at }) =>
      ({ approver, organisation, seat, at: at.toISOString() })),
    createdAt: createdAt.toISOString(),
    approvedAt: approvedAt?.toISOString() ?? null,
    closedAt: closedAt?.toISOString() ?? null,
  };
}
