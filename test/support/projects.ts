import type { TestService } from './service.js';

const safe = (score: number): object =>
  ({ score, evidence: ['board paper 12'], assessor: 'methodology unit', date: '2026-01-15' });

/** What the gate asks for, complete. */
export const COMPLETE_ASSESSMENT = {
  dpia: {
    risk: 're-identification by the linkage unit', mitigation: 'hardened encodings, separation of roles',
    residualRisk: 'low', signature: 'data protection officer, 2026-01-20',
  },
  fiveSafes: { project: safe(3), people: safe(3), settings: safe(2), data: safe(2), outputs: safe(3) },
  consultation: 'meeting with the migrant council, 2026-01-10',
};

/** A project over the three registers of the development custodians. */
export const PROJECT = {
  title: 'Migrant population of the census',
  purpose: 'dpv:ProvideOfficialStatistics',
  legalBasis: 'Census Act, section 4',
  registers: [
    register('population-register', 'unique', 'population'),
    register('residence-permits', 'many', 'permits'),
    register('border-crossings', 'many', 'borders'),
  ],
  retentionDays: 90,
  vulnerableGroups: true,
  ...COMPLETE_ASSESSMENT,
};

function register(registerId: string, cardinality: string, custodian: string): object {
  return { registerId, cardinality, organisation: `${custodian}-agency`, organisationType: 'REGISTER_CUSTODIAN' };
}

/** Creates, submits and approves a project through the API. */
export async function approvedProject(service: TestService, change: object = {}): Promise<string> {
  const created = await service.request('statistician', 'POST', '/api/projects', { ...PROJECT, ...change });
  const id = (created.body as { id: string }).id;
  await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
  await service.request('board-data-protection', 'POST', `/api/projects/${id}/approvals`);
  await service.request('board-civil-society', 'POST', `/api/projects/${id}/approvals`);
  return id;
}
