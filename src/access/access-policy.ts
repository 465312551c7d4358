import { ROLES, type Principal, type Role } from '../platform/identity/principal.js';
import { readPolicy, type PolicyDocument } from '../platform/settings/policy-document.js';
import { Refusal } from '../platform/problem/refusal.js';

/** `config/access/roles.json`. */
export interface RolePolicy {
  readonly version: 1;
  /** Types of organisation that exist, and whether their people may hold a role at all. */
  readonly organisationTypes: Readonly<Record<string, { readonly mayHoldRole: boolean }>>;
  /** Action -> who may. `anonymous` stands for anyone, signed in or not. */
  readonly actions: Readonly<Record<string, readonly (Role | 'anonymous')[]>>;
}

/** `config/access/purposes.json`: terms of the W3C Data Privacy Vocabulary, each with its broader term. */
export interface PurposePolicy {
  readonly version: 1;
  readonly broader: Readonly<Record<string, string | null>>;
  readonly permitted: readonly string[];
  /** No approval overrides it; narrower terms are prohibited with it. */
  readonly prohibited: readonly string[];
}

/** Who may do what, and what for. Deny unless a line of the policy allows. */
export class AccessPolicy {
  constructor(
    private readonly roles: PolicyDocument<RolePolicy>,
    private readonly purposes: PolicyDocument<PurposePolicy>,
  ) {}

  static read(): AccessPolicy {
    return new AccessPolicy(
      readPolicy('access/roles', 'access-roles-v1'), readPolicy('access/purposes', 'access-purposes-v1'));
  }

  /** Hashes of the documents that decisions rest on, for the audit log. */
  get hashes(): { readonly roles: string; readonly purposes: string } {
    return { roles: this.roles.hash, purposes: this.purposes.hash };
  }

  get actions(): readonly string[] {
    return Object.keys(this.roles.policy.actions).sort();
  }

  isAnonymous(action: string): boolean {
    return this.allowed(action).includes('anonymous');
  }

  /**
   * The role in which a person performs an action: the first of the house's roles that they hold and that
   * may.
   *
   * @throws Refusal 403 `ENFORCEMENT_HOLDS_NO_ROLE`, `ORGANISATION_UNKNOWN` or `NOT_PERMITTED`.
   */
  actingRole(principal: Principal, action: string): Role {
    this.assertMayHoldRole(principal.organisationType, 403);
    const allowed = this.allowed(action);
    const role = ROLES.find((known) => principal.roles.includes(known) && allowed.includes(known));
    if (!role) throw new Refusal(403, 'NOT_PERMITTED', `none of your roles may ${action}`);
    return role;
  }

  /** The firewall between statistics and enforcement: one question, asked of tokens and of new members. */
  assertMayHoldRole(organisationType: string, status: 403 | 422): void {
    const type = this.roles.policy.organisationTypes[organisationType];
    if (!type) {
      throw new Refusal(status, 'ORGANISATION_UNKNOWN', 'the organisation is of no type that config/access knows');
    }
    if (!type.mayHoldRole) {
      throw new Refusal(status, 'ENFORCEMENT_HOLDS_NO_ROLE',
        `an organisation of type ${organisationType} can hold no role: statistics and enforcement stay apart`);
    }
  }

  /**
   * Prohibition wins, then permission, else deny.
   *
   * @throws Refusal 403 `PURPOSE_PROHIBITED` or `PURPOSE_NOT_PERMITTED`.
   */
  assertPurpose(purpose: string): void {
    const { permitted, prohibited } = this.purposes.policy;
    const terms = this.withBroaderTerms(purpose);
    if (terms.some((term) => prohibited.includes(term))) {
      throw new Refusal(403, 'PURPOSE_PROHIBITED',
        'data of the registers may never be used for this purpose; no approval overrides it');
    }
    if (!terms.some((term) => permitted.includes(term))) {
      throw new Refusal(403, 'PURPOSE_NOT_PERMITTED',
        'the purpose is not on the closed list', `permitted: ${permitted.join(', ')}`);
    }
  }

  /** The term itself and all that are broader, nearest first; a circle in the table ends it. */
  private withBroaderTerms(purpose: string): string[] {
    const terms: string[] = [];
    const broader = new Map(Object.entries(this.purposes.policy.broader));
    for (let term: string | null = purpose; term && !terms.includes(term); term = broader.get(term) ?? null) {
      terms.push(term);
    }
    return terms;
  }

  private allowed(action: string): readonly (Role | 'anonymous')[] {
    const { actions } = this.roles.policy;
    return Object.hasOwn(actions, action) ? actions[action] ?? [] : [];
  }
}
