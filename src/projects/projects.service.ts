import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { VinculumError, type JsonValue } from '#libs/record';
import { AccessPolicy } from '../access/access-policy.js';
import { ApprovalRules } from '../access/approval-rules.js';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { AuditLog } from '../audit-log/audit-log.service.js';
import { isRowId } from '../platform/database/row-id.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { missingParts } from './assessment.js';
import { projectView, type Project } from './project-view.js';
import type { ProjectState } from './project.entity.js';
import { ProjectsRepository, type ProjectRow } from './projects.repository.js';
import type { AssessmentDto, CreateProjectDto, MemberDto } from './projects.dto.js';

const SUBJECT = /^[^\p{C}\u2028\u2029]{1,200}$/u;

/** Projects from draft to approval, and who takes part in them. */
@Injectable()
export class ProjectsService {
  constructor(
    @InjectDataSource('governance') private readonly database: DataSource,
    private readonly projects: ProjectsRepository,
    private readonly auditLog: AuditLog,
    private readonly policy: AccessPolicy,
    private readonly rules: ApprovalRules,
  ) {}

  async list(principal: ActingPrincipal): Promise<Project[]> {
    const found = await this.projects.listVisible(this.database.manager, principal);
    const projects: Project[] = [];
    for (const { id } of found) projects.push(await this.read(principal, id));
    return projects;
  }

  /**
   * The project, for somebody who looks at it.
   *
   * @throws Refusal 404 where it is not visible, 409 `ONE_ROLE_PER_PROJECT` for a second role on it.
   */
  read(principal: ActingPrincipal, id: string): Promise<Project> {
    return this.visible(this.database.manager, principal, id).then(projectView);
  }

  /** The project, for somebody who acts on it: binds the person to the role in which they act. */
  enter(principal: ActingPrincipal, id: string): Promise<Project> {
    return this.database.transaction((manager) => this.entered(manager, principal, id)).then(projectView);
  }

  async create(principal: ActingPrincipal, request: CreateProjectDto): Promise<Project> {
    const purpose = request.purpose ?? '';
    this.policy.assertPurpose(purpose);
    request.registers.forEach((register) => this.policy.assertMayHoldRole(register.organisationType, 422));
    assertDistinct(request.registers.map(({ registerId }) => registerId));
    const id = await this.database.transaction(async (manager) => {
      const created = await this.projects.insert(manager, {
        title: request.title, purpose, legalBasis: request.legalBasis, state: 'draft',
        requester: principal.subject, requesterOrganisation: principal.organisation,
        encodingSpecHash: request.encodingSpecHash ?? null, keyFingerprint: request.keyFingerprint ?? null,
        referenceDate: request.referenceDate ?? null, variables: request.variables ?? null,
        disclosurePolicy: request.disclosurePolicy ?? 'default', retentionDays: request.retentionDays,
        vulnerableGroups: request.vulnerableGroups, dpia: request.dpia ?? null,
        fiveSafes: request.fiveSafes ?? null, consultation: request.consultation ?? null,
      }, request.registers.map(({ registerId, cardinality, organisation }) =>
        ({ registerId, cardinality, organisation })));
      await this.bind(manager, principal, created);
      await this.log(manager, principal, 'project.create', { id: created, purpose }, {
        registers: request.registers.map(({ registerId }) => registerId).sort(),
        purposes: this.policy.hashes.purposes,
      });
      return created;
    });
    return this.read(principal, id);
  }

  /** Adds what the gate asks for, part by part, while the project is a draft. */
  async assess(principal: ActingPrincipal, id: string, request: AssessmentDto): Promise<Project> {
    return this.decide(principal, id, async (manager, { project }) => {
      assertState(project.state, ['draft']);
      await this.projects.update(manager, project.id, {
        dpia: { ...project.dpia, ...request.dpia },
        fiveSafes: { ...project.fiveSafes, ...request.fiveSafes },
        consultation: request.consultation ?? project.consultation,
      });
      await this.log(manager, principal, 'project.assess', project);
    });
  }

  /** @throws Refusal 422 `PROJECT_INCOMPLETE` that lists every missing part. */
  async submit(principal: ActingPrincipal, id: string): Promise<Project> {
    return this.decide(principal, id, async (manager, { project }) => {
      assertState(project.state, ['draft']);
      const missing = missingParts(project, this.rules.policy.fiveSafes);
      if (missing.length > 0) {
        throw new Refusal(422, 'PROJECT_INCOMPLETE', `missing: ${missing.join('; ')}`,
          `PUT /api/projects/${project.id}/assessment, then submit again`);
      }
      await this.projects.setState(manager, project.id, 'submitted');
      await this.log(manager, principal, 'project.submit', project, { rules: this.rules.hash });
    });
  }

  /** One approval; the one that completes the rules makes the project `approved`. */
  async approve(principal: ActingPrincipal, id: string): Promise<Project> {
    return this.decide(principal, id, async (manager, { project, approvals }) => {
      const seat = this.rules.assertMayApprove(principal, project, approvals);
      assertState(project.state, ['submitted']);
      const approval = {
        project: project.id, approver: principal.subject, organisation: principal.organisation, seat,
      };
      await this.projects.insertApproval(manager, approval);
      const missing = this.rules.missing(project, [...approvals, approval]);
      if (missing.length === 0) await this.projects.setState(manager, project.id, 'approved');
      await this.log(manager, principal, 'project.approve', project,
        { seat, granted: missing.length === 0, missing, rules: this.rules.hash });
    });
  }

  /** Gives a person a role on the project. */
  async assignMember(
    principal: ActingPrincipal, id: string, subject: string, member: MemberDto,
  ): Promise<void> {
    this.policy.assertMayHoldRole(member.organisationType, 422);
    if (!SUBJECT.test(subject)) {
      throw new Refusal(422, 'SUBJECT_INVALID', 'a subject has 1 to 200 printable characters');
    }
    await this.decide(principal, id, async (manager, { project }) => {
      const { role, organisation } = member;
      await this.projects.addMember(manager, { project: project.id, subject, organisation, role });
      const held = await this.projects.findMember(manager, project.id, subject);
      if (held?.role !== role) throw secondRole(held?.role);
      await this.log(manager, principal, 'member.assign', project, { subject, role });
    });
  }

  /**
   * Called by the extracts when one has been accepted: the first sets what the project left open (encoding
   * spec, key), the others must agree; an approved project becomes `collecting`.
   *
   * @throws VinculumError `SPEC_HASH_DIFFERS`, `KEY_FINGERPRINT_DIFFERS`; Refusal 409 in any other state.
   */
  async beginCollecting(
    principal: ActingPrincipal, id: string, encoding: { specHash: string; keyFingerprint: string },
  ): Promise<Project> {
    return this.decide(principal, id, async (manager, { project }) => {
      assertState(project.state, ['approved', 'collecting', 'linked']);
      assertSame('SPEC_HASH_DIFFERS', 'encoding spec', project.encodingSpecHash, encoding.specHash);
      assertSame('KEY_FINGERPRINT_DIFFERS', 'key', project.keyFingerprint, encoding.keyFingerprint);
      const settled = project.encodingSpecHash !== null && project.keyFingerprint !== null;
      if (settled && project.state !== 'approved') return;
      await this.projects.update(manager, project.id, {
        encodingSpecHash: encoding.specHash, keyFingerprint: encoding.keyFingerprint,
        ...(project.state === 'approved' ? { state: 'collecting' } : {}),
      });
      await this.log(manager, principal, 'project.collect', project, { specHash: encoding.specHash });
    });
  }

  /** Called by the linkage runs when the first link map is complete. */
  async markLinked(principal: Pick<ActingPrincipal, 'subject' | 'role'>, id: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { project } = await this.projects.lock(manager, id);
      if (project.state === 'linked') return;
      assertState(project.state, ['collecting']);
      await this.projects.setState(manager, id, 'linked');
      await this.log(manager, principal, 'project.link', project);
    });
  }

  /**
   * Ends a project for good, in the transaction (as `governance`) of those who decided it. Its extracts are
   * destroyed by the retention clock.
   *
   * @throws Refusal 409 `PROJECT_STATE` where it was not approved, or is closed.
   */
  async close(manager: EntityManager, principal: ActingPrincipal, id: string): Promise<void> {
    const { project } = await this.projects.lock(manager, id);
    assertState(project.state, ['approved', 'collecting', 'linked']);
    await this.projects.setState(manager, id, 'closed');
    await this.log(manager, principal, 'project.close', project);
  }

  /** A project for a job, which acts for nobody in particular. */
  async find(id: string): Promise<Project> {
    return projectView(await this.projects.get(this.database.manager, id));
  }

  /** Every project that was ever approved, in order of approval: the register of approved uses. */
  async listApproved(): Promise<Project[]> {
    return (await this.projects.listApproved(this.database.manager)).map(projectView);
  }

  /** One transaction: visible, entered, locked, decided, logged. */
  private async decide(
    principal: ActingPrincipal, id: string, work: (manager: EntityManager, row: ProjectRow) => Promise<void>,
  ): Promise<Project> {
    return this.database.transaction(async (manager) => {
      await this.entered(manager, principal, id);
      await work(manager, await this.projects.lock(manager, id));
      return projectView(await this.projects.lock(manager, id));
    });
  }

  private async entered(manager: EntityManager, principal: ActingPrincipal, id: string): Promise<ProjectRow> {
    const row = await this.visible(manager, principal, id);
    await this.bind(manager, principal, id);
    return row;
  }

  private async visible(manager: EntityManager, principal: ActingPrincipal, id: string): Promise<ProjectRow> {
    const row = isRowId(id) ? await this.projects.findVisible(manager, principal, id) : undefined;
    if (!row) throw notFound('project');
    const member = await this.projects.findMember(manager, id, principal.subject);
    if (member && member.role !== principal.role) throw secondRole(member.role);
    return row;
  }

  private async bind(manager: EntityManager, principal: ActingPrincipal, project: string): Promise<void> {
    const { subject, organisation, role } = principal;
    await this.projects.addMember(manager, { project, subject, organisation, role });
    // Two requests of one person in two roles may race: the first insert stands, the second sees it here.
    const held = await this.projects.findMember(manager, project, subject);
    if (held?.role !== role) throw secondRole(held?.role);
  }

  private async log(
    manager: EntityManager, actor: Pick<ActingPrincipal, 'subject' | 'role'>, action: string,
    project: { readonly id: string; readonly purpose: string }, details?: JsonValue,
  ): Promise<void> {
    await this.auditLog.append(manager, {
      actor: actor.subject, role: actor.role, action, object: `project:${project.id}`, outcome: 'accepted',
      purpose: project.purpose, project: project.id, ...(details === undefined ? {} : { details }),
    });
  }
}

function secondRole(held: string | undefined): Refusal {
  return new Refusal(409, 'ONE_ROLE_PER_PROJECT',
    `on one project a person has one role; here it is ${held ?? 'another'}`);
}

function assertState(state: ProjectState, expected: readonly ProjectState[]): void {
  if (expected.includes(state)) return;
  throw new Refusal(409, 'PROJECT_STATE', `the project is ${state}; this needs ${expected.join(' or ')}`);
}

function assertSame(code: string, what: string, expected: string | null, got: string): void {
  if (expected === null || expected === got) return;
  throw new VinculumError(code,
    `the project's ${what} is ${expected}, the extract's ${got}; encode again with what the project agreed on`);
}

function assertDistinct(registerIds: readonly string[]): void {
  if (new Set(registerIds).size === registerIds.length) return;
  throw new Refusal(422, 'REGISTER_TWICE', 'a project names each register once');
}
