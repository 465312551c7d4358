import { Column, CreateDateColumn, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Cardinality } from '#libs/record';
import type { BoardSeat, Role } from '../platform/identity/principal.js';
import type { DataProtectionImpactAssessment, FiveSafes } from './assessment.js';

export const PROJECT_STATES = ['draft', 'submitted', 'approved', 'collecting', 'linked', 'closed'] as const;
export type ProjectState = (typeof PROJECT_STATES)[number];

@Entity({ schema: 'governance', name: 'project' })
export class ProjectEntity {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text') title!: string;
  @Column('text') purpose!: string;
  @Column('text', { name: 'legal_basis' }) legalBasis!: string;
  @Column('text') state!: ProjectState;
  @Column('text') requester!: string;
  @Column('text', { name: 'requester_organisation' }) requesterOrganisation!: string;
  @Column('text', { name: 'encoding_spec_hash', nullable: true }) encodingSpecHash!: string | null;
  @Column('text', { name: 'key_fingerprint', nullable: true }) keyFingerprint!: string | null;
  @Column('date', { name: 'reference_date', nullable: true }) referenceDate!: string | null;
  @Column('text', { array: true, nullable: true }) variables!: string[] | null;
  @Column('text', { name: 'disclosure_policy' }) disclosurePolicy!: string;
  @Column('integer', { name: 'retention_days' }) retentionDays!: number;
  @Column('boolean', { name: 'vulnerable_groups' }) vulnerableGroups!: boolean;
  @Column('jsonb', { nullable: true }) dpia!: Partial<DataProtectionImpactAssessment> | null;
  @Column('jsonb', { name: 'five_safes', nullable: true }) fiveSafes!: Partial<FiveSafes> | null;
  @Column('text', { nullable: true }) consultation!: string | null;
  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'approved_at', nullable: true }) approvedAt!: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt!: Date | null;
}

@Entity({ schema: 'governance', name: 'project_register' })
export class ProjectRegisterEntity {
  @PrimaryColumn('uuid') project!: string;
  @PrimaryColumn('text', { name: 'register_id' }) registerId!: string;
  @Column('text') cardinality!: Cardinality;
  /** The custodian: an organisation as access tokens name it. */
  @Column('text') organisation!: string;
}

@Entity({ schema: 'governance', name: 'approval' })
export class ProjectApprovalEntity {
  @PrimaryColumn('uuid') project!: string;
  @PrimaryColumn('text') approver!: string;
  @Column('text') organisation!: string;
  @Column('text') seat!: BoardSeat;
  @CreateDateColumn({ type: 'timestamptz' }) at!: Date;
}

/** One role a person a project. */
@Entity({ schema: 'governance', name: 'member' })
export class ProjectMemberEntity {
  @PrimaryColumn('uuid') project!: string;
  @PrimaryColumn('text') subject!: string;
  @Column('text') organisation!: string;
  @Column('text') role!: Role;
}
