import { TestService } from '../../test/support/service.js';
import { UnsignedRefusals } from './unsigned-refusals.js';

describe('refusals of those who are not signed in', () => {
  it('are in the log to the last one, in few leaves', async () => {
    const service = await TestService.start();
    const isRefusal = ({ outcome, actor }: Record<string, unknown>): boolean =>
      outcome === 'refused' && actor === 'anonymous';
    for (let i = 0; i < 7; i++) {
      expect((await service.request(undefined, 'GET', '/api/projects')).status).toBe(401);
    }
    expect((await service.request(undefined, 'GET', '/api/audit-log/export')).status).toBe(401);
    expect((await service.auditEvents()).filter(isRefusal)).toMatchObject([
      { action: 'project.read', details: { reason: 'TOKEN_MISSING' } }, { action: 'audit-log.read' },
    ]);
    // What the end of the service calls first.
    await service.service.application.get(UnsignedRefusals).beforeApplicationShutdown();
    expect((await service.auditEvents()).filter(isRefusal).slice(2)).toMatchObject([
      { action: 'project.read', object: 'route:several', details: { reason: 'TOKEN_MISSING', status: 401, count: 6 } },
    ]);
    expect((await service.request(undefined, 'GET', '/api/projects')).status).toBe(401);
    expect((await service.auditEvents()).filter(isRefusal)).toHaveLength(4);
    await service.stop();
  });
});
