import type { ServiceClient } from './service-client.js';

/** A register of the synthetic country and the development person who keeps it. */
export interface DemoRegister {
  readonly registerId: string;
  readonly cardinality: 'unique' | 'many';
  /** Development person. */
  readonly custodian: string;
  readonly organisation: string;
}

export const DEMO_REGISTERS: readonly DemoRegister[] = [
  register('population-register', 'unique', 'population'),
  register('residence-permits', 'many', 'permits'),
  register('border-crossings', 'many', 'borders'),
];

function register(registerId: string, cardinality: 'unique' | 'many', keeper: string): DemoRegister {
  return { registerId, cardinality, custodian: `custodian-${keeper}`, organisation: `${keeper}-agency` };
}

const assessed = (score: number): object => (
  { score, evidence: ['demo: invented evidence'], assessor: 'methodology unit', date: '2026-01-15' });

/** What the statistician asks for. People, papers and dates are invented, as the country is. */
export function projectRequest(title: string): object {
  return {
    title, purpose: 'dpv:ProvideOfficialStatistics', legalBasis: 'Census Act (invented), section 4',
    registers: DEMO_REGISTERS.map(({ registerId, cardinality, organisation }) => (
      { registerId, cardinality, organisation, organisationType: 'REGISTER_CUSTODIAN' })),
    retentionDays: 90, vulnerableGroups: true,
    dpia: {
      risk: 're-identification by the linkage unit', mitigation: 'hardened encodings, roles kept apart',
      residualRisk: 'low', signature: 'data protection officer (invented), 2026-01-20',
    },
    fiveSafes: {
      project: assessed(3), people: assessed(3), settings: assessed(2), data: assessed(2),
      outputs: assessed(3),
    },
    consultation: 'meeting with the migrant council (invented), 2026-01-10',
  };
}

/** Drafts and submits a project and has two people of the board approve it. */
export async function approveProject(client: ServiceClient, title: string): Promise<string> {
  const { id } = await client.post<{ id: string }>('statistician', '/api/projects', projectRequest(title));
  await client.post('statistician', `/api/projects/${id}/submit`);
  await client.post('board-data-protection', `/api/projects/${id}/approvals`);
  await client.post('board-civil-society', `/api/projects/${id}/approvals`);
  return id;
}

/** A cohort as the API shows it. */
export interface Cohort {
  readonly cohortId: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly releaseId?: string;
}

/** Requests a cohort, has two people approve it, and waits for its release. */
export async function releaseCohort(
  client: ServiceClient, project: string, request: object,
): Promise<Cohort> {
  const { cohortId } = await client.post<Cohort>('statistician', `/api/projects/${project}/cohorts`, request);
  const path = `/api/cohorts/${cohortId}`;
  await client.post('statistician', `${path}/submit`);
  await client.post('board-methodology', `${path}/approvals`, { reason: 'the cells are coarse enough' });
  await client.post('board-civil-society', `${path}/approvals`, { reason: 'counts serve the people counted' });
  const cohort = await client.poll<Cohort>(
    'statistician', path, ({ state }) => state === 'released' || state === 'refused');
  if (cohort.state !== 'released') throw new Error(`the cohort was refused: ${cohort.reasons.join('; ')}`);
  return cohort;
}
