import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import {
  ProjectApprovalEntity, ProjectEntity, ProjectMemberEntity, ProjectRegisterEntity, type ProjectState,
} from './project.entity.js';

/** A project with what belongs to it. */
export interface ProjectRow {
  readonly project: ProjectEntity;
  readonly registers: readonly ProjectRegisterEntity[];
  readonly approvals: readonly ProjectApprovalEntity[];
}

/**
 * Who sees which project: auditors and administrators every one (there is no data in it), the board what was
 * submitted, operators what was approved, custodians what was approved and names their organisation, others
 * what they are members of. A member sees the project in any state.
 */
const VISIBLE = `
  project.id IN (SELECT m.project FROM governance.member m WHERE m.subject = :subject)
  OR :role IN ('auditor', 'administrator')
  OR (:role = 'board-member' AND project.state <> 'draft')
  OR (project.state NOT IN ('draft', 'submitted') AND (:role = 'linkage-operator' OR (:role = 'custodian'
      AND project.id IN (SELECT r.project FROM governance.project_register r
                         WHERE r.organisation = :organisation))))`;

@Injectable()
export class ProjectsRepository {
  /** In order of creation. */
  listVisible(manager: EntityManager, principal: ActingPrincipal): Promise<ProjectEntity[]> {
    return this.visible(manager, principal).orderBy('project.createdAt').addOrderBy('project.id').getMany();
  }

  async findVisible(
    manager: EntityManager, principal: ActingPrincipal, id: string,
  ): Promise<ProjectRow | undefined> {
    const project = await this.visible(manager, principal).andWhere('project.id = :id', { id }).getOne();
    return project ? this.withParts(manager, project) : undefined;
  }

  async get(manager: EntityManager, id: string): Promise<ProjectRow> {
    return this.withParts(manager, await manager.findOneByOrFail(ProjectEntity, { id }));
  }

  /** Locked until the transaction ends: decisions about one project come one after the other. */
  async lock(manager: EntityManager, id: string): Promise<ProjectRow> {
    const project = await manager.findOneOrFail(
      ProjectEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    return this.withParts(manager, project);
  }

  async findMember(manager: EntityManager, id: string, subject: string): Promise<ProjectMemberEntity | null> {
    return manager.findOneBy(ProjectMemberEntity, { project: id, subject });
  }

  /** Inserts the member unless the person is one already. */
  async addMember(manager: EntityManager, member: ProjectMemberEntity): Promise<void> {
    await manager.createQueryBuilder().insert().into(ProjectMemberEntity).values(member).orIgnore().execute();
  }

  async insert(
    manager: EntityManager, project: Partial<ProjectEntity>, registers: Omit<ProjectRegisterEntity, 'project'>[],
  ): Promise<string> {
    const { identifiers } = await manager.insert(ProjectEntity, project);
    const id = identifiers[0]?.['id'] as string;
    await manager.insert(ProjectRegisterEntity, registers.map((register) => ({ ...register, project: id })));
    return id;
  }

  async update(manager: EntityManager, id: string, change: Partial<ProjectEntity>): Promise<void> {
    await manager.createQueryBuilder().update(ProjectEntity).set(change).where({ id }).execute();
  }

  async setState(manager: EntityManager, id: string, state: ProjectState): Promise<void> {
    const now = new Date();
    await this.update(manager, id, {
      state, ...(state === 'approved' ? { approvedAt: now } : {}), ...(state === 'closed' ? { closedAt: now } : {}),
    });
  }

  async insertApproval(manager: EntityManager, approval: Omit<ProjectApprovalEntity, 'at'>): Promise<void> {
    await manager.insert(ProjectApprovalEntity, approval);
  }

  /** For the register of approved uses: every project that was approved, whatever came after. */
  async listApproved(manager: EntityManager): Promise<ProjectRow[]> {
    const projects = await manager.createQueryBuilder(ProjectEntity, 'project')
      .where('project.approvedAt IS NOT NULL').orderBy('project.approvedAt').addOrderBy('project.id').getMany();
    return Promise.all(projects.map((project) => this.withParts(manager, project)));
  }

  private visible(
    manager: EntityManager, { subject, role, organisation }: ActingPrincipal,
  ): ReturnType<typeof manager.createQueryBuilder<ProjectEntity>> {
    return manager.createQueryBuilder(ProjectEntity, 'project')
      .where(`(${VISIBLE})`, { subject, role, organisation });
  }

  private async withParts(manager: EntityManager, project: ProjectEntity): Promise<ProjectRow> {
    return {
      project,
      registers: await manager.find(
        ProjectRegisterEntity, { where: { project: project.id }, order: { registerId: 'ASC' } }),
      approvals: await manager.find(
        ProjectApprovalEntity, { where: { project: project.id }, order: { at: 'ASC', approver: 'ASC' } }),
    };
  }
}
