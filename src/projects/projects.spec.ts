import { approvedProject, PROJECT } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';

describe('projects', () => {
  let service: TestService;
  beforeAll(async () => { service = await TestService.start(); });
  afterAll(() => service.stop());

  async function create(change: object = {}): Promise<string> {
    const answer = await service.request('statistician', 'POST', '/api/projects', { ...PROJECT, ...change });
    expect(answer.status).toBe(201);
    return answer.body.id;
  }
  const approve = (person: string, id: string): ReturnType<TestService['request']> =>
    service.request(person, 'POST', `/api/projects/${id}/approvals`);

  it('goes from draft to approved with two people, a civil-society seat among them, and all of it in the log', async () => {
    const id = await create();
    expect((await service.request('statistician', 'POST', `/api/projects/${id}/submit`)).body.state).toBe('submitted');
    expect((await approve('board-data-protection', id)).body.state).toBe('submitted');
    const approved = await approve('board-civil-society', id);
    expect(approved.body).toMatchObject({ state: 'approved', approvals: [{ seat: 'data-protection' }, { seat: 'civil-society' }] });
    const events = (await service.auditEvents()).filter(({ project }) => project === id);
    expect(events.map(({ action, actor, outcome }) => [action, actor, outcome])).toEqual([
      ['project.create', 'statistician', 'accepted'], ['project.submit', 'statistician', 'accepted'],
      ['project.approve', 'board-data-protection', 'accepted'], ['project.approve', 'board-civil-society', 'accepted'],
    ]);
    expect(events[3]).toMatchObject({ details: { granted: true, missing: [], seat: 'civil-society' } });
  });

  it('waits for the civil-society seat where vulnerable groups are in scope, and only there', async () => {
    const vulnerable = await create();
    const other = await create({ vulnerableGroups: false });
    for (const id of [vulnerable, other]) {
      await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
      await approve('board-data-protection', id);
    }
    expect((await approve('board-methodology', vulnerable)).body.state).toBe('submitted');
    expect((await approve('board-methodology', other)).body.state).toBe('approved');
    expect((await approve('board-civil-society', vulnerable)).body.state).toBe('approved');
  });

  it('lists every missing part of an incomplete project, takes the rest, and then lets it pass', async () => {
    const id = await create({ dpia: { risk: 'known' }, fiveSafes: undefined, consultation: undefined });
    const refused = await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
    expect(refused).toMatchObject({ status: 422, body: { code: 'PROJECT_INCOMPLETE' } });
    for (const part of ['dpia.mitigation', 'dpia.residualRisk', 'dpia.signature', 'fiveSafes.people', 'fiveSafes.outputs', 'consultation']) {
      expect(refused.body.detail).toContain(part);
    }
    expect(refused.body.detail).not.toContain('dpia.risk');
    const { dpia, fiveSafes, consultation } = PROJECT;
    const assessed = await service.request('statistician', 'PUT', `/api/projects/${id}/assessment`, { dpia, fiveSafes, consultation });
    expect(assessed.status).toBe(200);
    expect((await service.request('statistician', 'POST', `/api/projects/${id}/submit`)).body.state).toBe('submitted');
  });

  it('refuses scores that are too low, and lower ones yet for vulnerable groups', async () => {
    const fiveSafes = { ...PROJECT.fiveSafes, outputs: { ...PROJECT.fiveSafes.outputs, score: 2 } };
    const vulnerable = await create({ fiveSafes });
    const other = await create({ fiveSafes, vulnerableGroups: false });
    const refused = await service.request('statistician', 'POST', `/api/projects/${vulnerable}/submit`);
    expect(refused.body.detail).toContain('fiveSafes.outputs.score of at least 3');
    expect((await service.request('statistician', 'POST', `/api/projects/${other}/submit`)).status).toBe(200);
  });

  it('refuses a second approval by one person with 409, and logs the refusal', async () => {
    const id = await create();
    await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
    await approve('board-methodology', id);
    expect(await approve('board-methodology', id)).toMatchObject({ status: 409, body: { code: 'ALREADY_APPROVED' } });
    const last = (await service.auditEvents()).at(-1);
    expect(last).toMatchObject({
      action: 'project.approve', actor: 'board-methodology', outcome: 'refused', project: id,
      details: { reason: 'ALREADY_APPROVED', status: 409 },
    });
    const [{ approvals }] = await service.query<{ approvals: number }>(
      'governance', 'SELECT count(*)::int AS approvals FROM governance.approval WHERE project = $1', [id]);
    expect(approvals).toBe(1);
  });

  it('counts two simultaneous approvals of one person once', async () => {
    const id = await create();
    await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
    const answers = await Promise.all([approve('board-methodology', id), approve('board-methodology', id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('refuses the requester as approver with 403', async () => {
    const id = await create();
    await service.request('statistician', 'POST', `/api/projects/${id}/submit`);
    await service.query('owner', "UPDATE governance.project SET requester = 'board-methodology' WHERE id = $1", [id]);
    expect(await approve('board-methodology', id)).toMatchObject({ status: 403, body: { code: 'SELF_APPROVAL' } });
    // Role alone refuses the statistician before that rule is asked.
    expect(await approve('statistician', id)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } });
  });

  it('refuses a prohibited purpose, a narrower one, an unknown one and none at all', async () => {
    for (const [purpose, code] of [
      ['dpv:ProtectionOfNationalSecurity', 'PURPOSE_PROHIBITED'], ['dpv:TargetedAdvertising', 'PURPOSE_PROHIBITED'],
      ['dpv:Whatever', 'PURPOSE_NOT_PERMITTED'], ['dpv:PublicBenefit', 'PURPOSE_NOT_PERMITTED'],
      [undefined, 'PURPOSE_NOT_PERMITTED'],
    ]) {
      const answer = await service.request('statistician', 'POST', '/api/projects', { ...PROJECT, purpose });
      expect(answer).toMatchObject({ status: 403, body: { code } });
      expect((await service.auditEvents()).at(-1)).toMatchObject({ action: 'project.create', outcome: 'refused', details: { reason: code } });
    }
  });

  it('lets no enforcement organisation in: not as a person, not as custodian, not as member', async () => {
    const register = { ...PROJECT.registers[0], organisationType: 'ENFORCEMENT' };
    expect(await service.request('enforcement-officer', 'GET', '/api/projects'))
      .toMatchObject({ status: 403, body: { code: 'ENFORCEMENT_HOLDS_NO_ROLE' } });
    expect(await service.request('statistician', 'POST', '/api/projects', { ...PROJECT, registers: [register, PROJECT.registers[1]] }))
      .toMatchObject({ status: 422, body: { code: 'ENFORCEMENT_HOLDS_NO_ROLE' } });
    const id = await create();
    expect(await service.request('administrator', 'PUT', `/api/projects/${id}/members/somebody`,
      { role: 'statistician', organisation: 'border-police', organisationType: 'ENFORCEMENT' }))
      .toMatchObject({ status: 422, body: { code: 'ENFORCEMENT_HOLDS_NO_ROLE' } });
  });

  it('gives a person one role a project', async () => {
    const id = await approvedProject(service);
    const member = { organisation: 'linkage-unit', organisationType: 'LINKAGE_UNIT' };
    const assign = (subject: string, role: string): ReturnType<TestService['request']> =>
      service.request('administrator', 'PUT', `/api/projects/${id}/members/${subject}`, { ...member, role });
    expect((await assign('new-operator', 'linkage-operator')).status).toBe(204);
    expect((await assign('new-operator', 'linkage-operator')).status).toBe(204);
    expect(await assign('new-operator', 'statistician')).toMatchObject({ status: 409, body: { code: 'ONE_ROLE_PER_PROJECT' } });
    expect((await assign('board-methodology', 'statistician')).status).toBe(204);
    expect(await approve('board-methodology', id)).toMatchObject({ status: 409, body: { code: 'ONE_ROLE_PER_PROJECT' } });
  });

  it('shows a project only to those whom it concerns; to others it is not there', async () => {
    const draft = await create();
    const approved = await approvedProject(service, { registers: PROJECT.registers.slice(0, 2) });
    const status = async (person: string, id: string): Promise<number> =>
      (await service.request(person, 'GET', `/api/projects/${id}`)).status;
    expect(await status('board-methodology', draft)).toBe(404);
    expect(await status('operator', draft)).toBe(404);
    expect(await status('custodian-population', draft)).toBe(404);
    expect(await status('auditor', draft)).toBe(200);
    expect(await status('operator', approved)).toBe(200);
    expect(await status('custodian-permits', approved)).toBe(200);
    expect(await status('custodian-borders', approved)).toBe(404);
    expect(await status('auditor', 'not-a-uuid')).toBe(404);
    const listed = await service.request('custodian-borders', 'GET', '/api/projects');
    expect(listed.body.map(({ id }: { id: string }) => id)).not.toContain(approved);
  });

  it.each([
    [{ title: 7 }, 'title'], [{ registers: PROJECT.registers.slice(0, 1) }, 'registers'], [{ retentionDays: 0 }, 'retentionDays'],
    [{ encodingSpecHash: 'abc' }, 'encodingSpecHash'], [{ surprise: true }, 'surprise'],
    [{ registers: [PROJECT.registers[0], PROJECT.registers[0]] }, 'register'],
  ])('refuses %j as a whole', async (change, named) => {
    const answer = await service.request('statistician', 'POST', '/api/projects', { ...PROJECT, ...change });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain(named);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('answers a body that is no JSON with 400 and keeps its text to itself', async () => {
    const answer = await fetch(`${service.url}/api/projects`, {
      method: 'POST', body: '{"title":"secret', headers: {
        'content-type': 'application/json', authorization: `Bearer ${await service.token('statistician')}`,
      },
    });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).code]).toEqual([400, 'REQUEST_UNREADABLE']);
    expect(text).not.toContain('secret');
  });
});
