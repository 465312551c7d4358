import { parseVerifierKey, verifyBundle, type BundleReport } from '#libs/audit';
import { ed25519Verify } from '../platform/keys/ed25519.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';

describe('the exported audit log', () => {
  let service: TestService;
  let exported: string;
  let key: string;
  beforeAll(async () => {
    service = await TestService.start();
    const project = await approvedProject(service);
    await service.request('board-civil-society', 'POST', `/api/projects/${project}/approvals`);
    await service.request(undefined, 'GET', '/api/projects');
    key = (await service.request(undefined, 'GET', '/api/audit-log/key')).body;
    exported = (await service.request('auditor', 'GET', '/api/audit-log/export')).body;
  });
  afterAll(() => service.stop());
  const verify = (text: string): Promise<BundleReport> =>
    verifyBundle(Buffer.from(text), ed25519Verify, { key: parseVerifierKey(key.trim()) });

  it('verifies offline, refusals and the auditor\'s own reading included', async () => {
    const report = await verify(exported);
    expect(report).toMatchObject({ ok: true, authentic: true, keySource: 'pinned', findings: [] });
    expect(report.size).toBe((await service.auditEvents()).length);
    const events = exported.split('\n').slice(1, report.size + 1).map((line) => JSON.parse(line.slice(45)));
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'service.start ok', 'project.create accepted', 'project.submit accepted', 'project.approve accepted',
      'project.approve accepted', 'project.approve refused', 'project.read refused', 'audit-log.read accepted',
    ]);
  });

  it('names the leaf of which one byte was changed', async () => {
    const leaf = exported.split('\n')[3];
    const report = await verify(exported.replace(leaf, leaf.replace('statistician', 'statisticiam')));
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual(expect.objectContaining({ leaf: 2 }));
  });

  it('shows a row that a database administrator changed', async () => {
    // Beyond every grant: the table's owner without the trigger.
    await service.query('owner', `GRANT vinculum_audit_owner TO vinculum_owner WITH SET TRUE;
      SET ROLE vinculum_audit_owner; ALTER TABLE audit.event DISABLE TRIGGER ALL;
      UPDATE audit.event SET event = replace(event, 'board-civil-society', 'board-methodology') WHERE seq = 4;
      ALTER TABLE audit.event ENABLE TRIGGER ALL`);
    const report = await verify((await service.request('auditor', 'GET', '/api/audit-log/export')).body);
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'EVENT_ALTERED', leaf: 4 }));
  });

  it('gives anyone a signed checkpoint, and the log to the auditor alone', async () => {
    const checkpoint = await service.request(undefined, 'GET', '/api/audit-log/checkpoint');
    expect(checkpoint.status).toBe(200);
    expect(checkpoint.body).toMatch(/^vinculum\.example\/audit-log\n\d+\n[A-Za-z0-9+/=]{44}\n\n\u2014 /u);
    expect((await service.request('administrator', 'GET', '/api/audit-log/export')).status).toBe(403);
    expect((await service.request(undefined, 'GET', '/api/audit-log/export')).status).toBe(401);
  });
});
