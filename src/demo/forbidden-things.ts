import type { Answer, ServiceClient } from './service-client.js';

/** Something that must not happen, tried on the running service. */
export interface ForbiddenThing {
  readonly what: string;
  readonly status: number;
  readonly code: string | undefined;
}

export interface ForbiddenContext {
  readonly project: string;
  readonly run: string;
  readonly cohort: string;
  /** ISO 3166-1 alpha-2. */
  readonly homeCountry: string;
}

/** @throws Error where one of them was let through. */
export async function tryForbiddenThings(
  client: ServiceClient, { project, run, cohort, homeCountry }: ForbiddenContext,
): Promise<ForbiddenThing[]> {
  const attempts: readonly [string, string | undefined, string, string, object?][] = [
    ['a custodian asks for the links', 'custodian-population', 'GET', `/api/linkage-runs/${run}/links`],
    ['a custodian asks how the linkage went', 'custodian-borders', 'GET', `/api/linkage-runs/${run}`],
    ['the operator itself asks for the links', 'operator', 'GET', `/api/linkage-runs/${run}/links`],
    ['the operator asks for the cohort', 'operator', 'GET', `/api/cohorts/${cohort}`],
    ['a request without a token', undefined, 'POST', `/api/projects/${project}/linkage-runs`, {}],
    ['the administrator asks for the released cohort', 'administrator', 'GET', `/api/cohorts/${cohort}`],
    ['an officer of an enforcement body asks for the projects', 'enforcement-officer', 'GET', '/api/projects'],
    ['a statistician approves', 'statistician', 'POST', `/api/cohorts/${cohort}/approvals`, { reason: 'mine' }],
  ];
  const things: ForbiddenThing[] = [];
  for (const [what, person, method, path, body] of attempts) {
    things.push(refused(what, await client.ask(person, method, path, body)));
  }
  things.push(await approveTwice(client, project, homeCountry));
  return things;
}

/** A draft of its own, because the others have been decided. */
async function approveTwice(
  client: ServiceClient, project: string, homeCountry: string,
): Promise<ForbiddenThing> {
  const { cohortId } = await client.post<{ cohortId: string }>('statistician', `/api/projects/${project}/cohorts`, {
    definition: 'immigrants-of-a-year-12m', year: 2024, homeCountry,
  });
  await client.post('statistician', `/api/cohorts/${cohortId}/submit`);
  const approvals = `/api/cohorts/${cohortId}/approvals`;
  await client.post('board-methodology', approvals, { reason: 'first time' });
  return refused('the same person approves twice',
    await client.ask('board-methodology', 'POST', approvals, { reason: 'second time' }));
}

function refused(what: string, { status, code }: Answer): ForbiddenThing {
  if (![401, 403, 404, 409].includes(status)) throw new Error(`${what}: expected a refusal, got ${status}`);
  return { what, status, code };
}
