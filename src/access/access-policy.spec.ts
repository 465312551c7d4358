import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { AccessPolicy, type PurposePolicy, type RolePolicy } from './access-policy.js';
import { ApprovalRules, type GivenApproval } from './approval-rules.js';

const config = (path: string): unknown => JSON.parse(readFileSync(join(process.cwd(), 'config', path), 'utf8'));

function policyOf(purposes: Partial<PurposePolicy>): AccessPolicy {
  const roles = config('access/roles.json') as RolePolicy;
  return new AccessPolicy({ policy: roles, hash: 'r' }, {
    policy: { version: 1, broader: {}, permitted: [], prohibited: [], ...purposes }, hash: 'p',
  });
}

describe('purposes', () => {
  it('lets prohibition win over permission, wherever either stands in the hierarchy', () => {
    const broader = { 'dpv:C': 'dpv:B', 'dpv:B': 'dpv:A', 'dpv:A': null };
    const under = policyOf({ broader, permitted: ['dpv:C'], prohibited: ['dpv:A'] });
    expect(() => under.assertPurpose('dpv:C')).toThrow(expect.objectContaining({ code: 'PURPOSE_PROHIBITED' }));
    const above = policyOf({ broader, permitted: ['dpv:A'], prohibited: ['dpv:C'] });
    expect(() => above.assertPurpose('dpv:C')).toThrow(expect.objectContaining({ code: 'PURPOSE_PROHIBITED' }));
    expect(() => above.assertPurpose('dpv:B')).not.toThrow();
  });

  it('ends on a circle, and denies what nothing permits', () => {
    const circle = policyOf({ broader: { 'dpv:A': 'dpv:B', 'dpv:B': 'dpv:A' }, permitted: ['dpv:C'] });
    const refused = expect.objectContaining({ code: 'PURPOSE_NOT_PERMITTED' });
    for (const purpose of ['dpv:A', '', 'constructor', '__proto__']) {
      expect(() => circle.assertPurpose(purpose)).toThrow(refused);
    }
  });

  it('permits no prohibited term in the shipped list', () => {
    const shipped = AccessPolicy.read();
    const { permitted, prohibited } = config('access/purposes.json') as PurposePolicy;
    for (const purpose of permitted) expect(() => shipped.assertPurpose(purpose)).not.toThrow();
    for (const purpose of prohibited) expect(() => shipped.assertPurpose(purpose)).toThrow(/may never/);
  });
});

describe('the schemas of config/access', () => {
  const valid = (name: string, change: (document: Document) => void): boolean => {
    const document = config(`access/${name}.json`) as Document;
    change(document);
    const ajv = new Ajv2020({ strict: true });
    return ajv.validate(config(`schema/access-${name}-v1.schema.json`) as object, document);
  };

  type Document = Record<'actions' | 'organisationTypes' | 'vulnerableGroups', Record<string, unknown>>
    & { version: number; approvers: number; permitted: unknown[]; prohibited: unknown[] };
  it.each<[string, string, (document: Document) => void]>([
    ['roles', 'an unknown role', (document) => { document.actions['project.read'] = ['police']; }],
    ['roles', 'a role for enforcement', (document) => { document.organisationTypes['ENFORCEMENT'] = { mayHoldRole: true }; }],
    ['roles', 'no word on enforcement', (document) => { delete document.organisationTypes['ENFORCEMENT']; }],
    ['roles', 'an action that is no noun.verb', (document) => { document.actions['read'] = []; }],
    ['roles', 'another version', (document) => { document.version = 2; }],
    ['purposes', 'a term of another vocabulary', (document) => { document.permitted.push('duo:0000007'); }],
    ['purposes', 'nothing prohibited', (document) => { document.prohibited = []; }],
    ['approvals', 'a single approver', (document) => { document.approvers = 1; }],
    ['approvals', 'an unknown seat', (document) => { document.vulnerableGroups['seats'] = ['police']; }],
  ])('%s: refuse %s', (name, _, change) => {
    expect(valid(name, () => undefined)).toBe(true);
    expect(valid(name, change)).toBe(false);
  });
});

describe('approval rules', () => {
  const rules = ApprovalRules.read();
  const given = (approver: string, organisation: string, seat: GivenApproval['seat']): GivenApproval =>
    ({ approver, organisation, seat });

  it('counts people, and for vulnerable groups organisations and seats', () => {
    const plain = { requester: 'r', vulnerableGroups: false };
    const vulnerable = { requester: 'r', vulnerableGroups: true };
    const one = given('a', 'office', 'methodology');
    const two = given('b', 'office', 'data-protection');
    const civil = given('c', 'council', 'civil-society');
    expect(rules.missing(plain, [])).toEqual(['2 more of 2 approvals']);
    expect(rules.missing(plain, [one, one])).toEqual(['1 more of 2 approvals']);
    expect(rules.missing(plain, [one, two])).toEqual([]);
    expect(rules.missing(vulnerable, [one, two])).toEqual(
      ['approvals from 2 organisations', 'an approval from the civil-society seat']);
    expect(rules.missing(vulnerable, [one, civil])).toEqual([]);
  });
});
