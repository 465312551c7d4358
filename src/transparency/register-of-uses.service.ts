import { Injectable } from '@nestjs/common';
import { LinkageRunsService } from '../linkage-runs/linkage-runs.service.js';
import { ProjectsService } from '../projects/projects.service.js';

/** One approved use of the registers, as anybody may read it. */
export interface ApprovedUse {
  readonly title: string;
  readonly custodians: readonly string[];
  readonly registers: readonly string[];
  readonly purpose: string;
  readonly legalBasis: string;
  readonly state: string;
  readonly approvedAt: string | null;
  readonly retentionDays: number;
  /** Estimated error rates of the newest linkage; absent before the first. */
  readonly linkageQuality?: { readonly precision: number; readonly recall: number };
}

/** The register of approved uses: what registers are linked for, and nothing about anybody in them. */
@Injectable()
export class RegisterOfUsesService {
  constructor(private readonly projects: ProjectsService, private readonly runs: LinkageRunsService) {}

  /** In order of approval. */
  async list(): Promise<ApprovedUse[]> {
    const uses: ApprovedUse[] = [];
    for (const project of await this.projects.listApproved()) {
      const quality = await this.runs.quality(project.id);
      const { title, registers, purpose, legalBasis, state, approvedAt, retentionDays } = project;
      uses.push({
        title, custodians: [...new Set(registers.map(({ organisation }) => organisation))].sort(),
        registers: registers.map(({ registerId }) => registerId), purpose, legalBasis, state, approvedAt,
        retentionDays, ...(quality ? { linkageQuality: quality } : {}),
      });
    }
    return uses;
  }
}
