import type { ExtractManifest } from '#libs/record';

/** What the calls work on; answers of earlier calls fill in what later ones need. */
export interface CallScene {
  /** Linked, with a release. */
  readonly project: string;
  /** An accepted extract of it, and one that was destroyed. */
  readonly extract: string;
  readonly destroyed: string;
  readonly run: string;
  readonly cohort: string;
  readonly release: string;
  /** A cohort that waits for approvals. */
  readonly waitingCohort: string;
  readonly registerId: string;
  readonly manifest: ExtractManifest;
  /** Rows of `encodings.bin`: what an upload sends. */
  readonly encodings: Buffer;
  /** Ids of the register's records, in hexadecimal. */
  readonly recordIds: readonly string[];
  readonly projectRequest: object;
  readonly cohortRequest: object;
  /** An age file, base64. */
  readonly sealedKey: string;
  readonly made: Record<string, string>;
}

/** One call of one route. */
export interface RouteCall {
  readonly path: string;
  readonly body?: unknown;
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RouteEntry {
  readonly call: (scene: CallScene) => RouteCall;
  /** Member of the answer, or header, that later calls need, and its name in `made`. */
  readonly makes?: readonly [string, string];
  /** Codes that show as well that the route was reached by who may call it. */
  readonly reachedWith?: readonly string[];
}

const TUS = { 'tus-resumable': '1.0.0' };
type Of<T> = (scene: CallScene) => T;
const get = (path: Of<string>): RouteEntry => ({ call: (scene) => ({ path: path(scene) }) });
const post = (path: Of<string>, body: Of<unknown> = () => ({})): RouteEntry =>
  ({ call: (scene) => ({ path: path(scene), body: body(scene) }) });

/**
 * A call for every route, in an order in which each can succeed for somebody. A route that is not here fails
 * the test, and so does a line for a route that is no more.
 */
export const ROUTE_CALLS: Readonly<Record<string, RouteEntry>> = {
  'GET /submit': get(() => '/submit'),
  'GET /submit/page.css': get(() => '/submit/page.css'),
  'GET /submit/page.js': get(() => '/submit/page.js'),
  'GET /api/health': get(() => '/api/health'),
  'GET /api/openapi.json': get(() => '/api/openapi.json'),
  'GET /api/session': get(() => '/api/session'),
  'GET /api/register-of-uses': get(() => '/api/register-of-uses'),
  'GET /api/projects': get(() => '/api/projects'),
  'POST /api/projects': {
    ...post(() => '/api/projects', ({ projectRequest }) => projectRequest), makes: ['id', 'draft'],
  },
  'GET /api/projects/:project': get(({ project }) => `/api/projects/${project}`),
  'PUT /api/projects/:project/assessment':
    post(({ made }) => `/api/projects/${made['draft']}/assessment`, () => ({ consultation: 'a second meeting' })),
  'POST /api/projects/:project/submit': post(({ made }) => `/api/projects/${made['draft']}/submit`),
  'POST /api/projects/:project/approvals': post(({ made }) => `/api/projects/${made['draft']}/approvals`),
  'PUT /api/projects/:project/members/:subject': post(
    ({ project }) => `/api/projects/${project}/members/somebody`,
    () => ({ role: 'auditor', organisation: 'court-of-audit', organisationType: 'AUDIT_OFFICE' })),
  'POST /api/projects/:project/extracts': {
    ...post(({ project }) => `/api/projects/${project}/extracts`,
      ({ manifest }) => ({ ...manifest, referenceDate: '2025-06-30' })),
    makes: ['extractId', 'receiving'],
  },
  'OPTIONS /api/extracts/:extract/parts/:part/uploads':
    get(({ made }) => `/api/extracts/${made['receiving']}/parts/encodings/uploads`),
  'POST /api/extracts/:extract/parts/:part/uploads': {
    call: ({ made, encodings }) => ({
      path: `/api/extracts/${made['receiving']}/parts/encodings/uploads`,
      headers: { ...TUS, 'upload-length': String(encodings.length) },
    }),
    makes: ['location', 'upload'],
  },
  'PATCH /api/extracts/:extract/uploads/:upload': {
    call: ({ made, encodings }) => ({
      path: made['upload'], bytes: encodings.subarray(0, 50_000),
      headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    }),
  },
  'HEAD /api/extracts/:extract/uploads/:upload': {
    call: ({ made }) => ({ path: made['upload'], headers: TUS }),
  },
  'GET /api/extracts/:extract': get(({ extract }) => `/api/extracts/${extract}`),
  'POST /api/extracts/:extract/seal': post(({ extract }) => `/api/extracts/${extract}/seal`),
  'DELETE /api/extracts/:extract/uploads/:upload': {
    call: ({ made }) => ({ path: made['upload'], headers: TUS }),
  },
  'GET /api/extracts/:extract/receipt': get(({ destroyed }) => `/api/extracts/${destroyed}/receipt`),
  'POST /api/projects/:project/registers/:register/objections': post(
    ({ project, registerId }) => `/api/projects/${project}/registers/${registerId}/objections`,
    ({ recordIds }) => ({ recordIds: recordIds.slice(0, 30), tokens: ['5a'.repeat(32)], scope: 'project' })),
  'POST /api/projects/:project/registers/:register/objection-withdrawals': post(
    ({ project, registerId }) => `/api/projects/${project}/registers/${registerId}/objection-withdrawals`,
    ({ recordIds }) => ({ recordIds: recordIds.slice(0, 30), scope: 'project' })),
  'GET /api/projects/:project/sealed-keys': get(({ project }) => `/api/projects/${project}/sealed-keys`),
  'POST /api/projects/:project/sealed-keys': {
    ...post(({ project }) => `/api/projects/${project}/sealed-keys`, ({ sealedKey }) => ({ sealedKey })),
    makes: ['id', 'sealedKey'],
  },
  'DELETE /api/projects/:project/sealed-keys/:sealedKey':
    get(({ project, made }) => `/api/projects/${project}/sealed-keys/${made['sealedKey']}`),
  'POST /api/projects/:project/linkage-runs': {
    ...post(({ project }) => `/api/projects/${project}/linkage-runs`), makes: ['runId', 'run'],
  },
  'POST /api/linkage-runs/:run/cancel': {
    ...post(({ made }) => `/api/linkage-runs/${made['run']}/cancel`), reachedWith: ['RUN_STATE'],
  },
  'GET /api/projects/:project/linkage-runs': get(({ project }) => `/api/projects/${project}/linkage-runs`),
  'GET /api/linkage-runs/:run': get(({ run }) => `/api/linkage-runs/${run}`),
  // Nobody may, by the policy.
  'GET /api/linkage-runs/:run/links': {
    ...get(({ run }) => `/api/linkage-runs/${run}/links`), reachedWith: ['NOT_PERMITTED'],
  },
  'POST /api/projects/:project/cohorts': {
    ...post(({ project }) => `/api/projects/${project}/cohorts`, ({ cohortRequest }) => cohortRequest),
    makes: ['cohortId', 'cohort'],
  },
  'GET /api/projects/:project/cohorts': get(({ project }) => `/api/projects/${project}/cohorts`),
  'GET /api/cohorts/:cohort': get(({ cohort }) => `/api/cohorts/${cohort}`),
  'POST /api/cohorts/:cohort/submit': post(({ made }) => `/api/cohorts/${made['cohort']}/submit`),
  'POST /api/cohorts/:cohort/rejections':
    post(({ made }) => `/api/cohorts/${made['cohort']}/rejections`, () => ({ reason: 'cells too fine' })),
  'POST /api/cohorts/:cohort/approvals':
    post(({ waitingCohort }) => `/api/cohorts/${waitingCohort}/approvals`, () => ({ reason: 'coarse enough' })),
  'GET /api/releases/:release': get(({ release }) => `/api/releases/${release}`),
  'GET /api/releases/:release/table.csv': get(({ release }) => `/api/releases/${release}/table.csv`),
  'GET /api/releases/:release/table.sdmx.csv': get(({ release }) => `/api/releases/${release}/table.sdmx.csv`),
  'GET /api/releases/:release/decisions': get(({ release }) => `/api/releases/${release}/decisions`),
  'GET /api/projects/:project/cross-checks': get(({ project }) => `/api/projects/${project}/cross-checks`),
  'GET /api/projects/:project/retention': get(({ project }) => `/api/projects/${project}/retention`),
  'POST /api/projects/:project/retention-decisions': {
    ...post(({ project }) => `/api/projects/${project}/retention-decisions`,
      () => ({ kind: 'hold', reason: 'a court asks' })),
    makes: ['decisionId', 'decision'],
  },
  'POST /api/retention-decisions/:decision/approvals':
    post(({ made }) => `/api/retention-decisions/${made['decision']}/approvals`),
  'GET /api/audit-log/checkpoint': get(() => '/api/audit-log/checkpoint'),
  'GET /api/audit-log/key': get(() => '/api/audit-log/key'),
  'GET /api/audit-log/export': get(() => '/api/audit-log/export'),
};
