import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { DATABASE_ROLES } from '../platform/database/database-roles.js';
import { createDataSource } from '../platform/database/data-sources.js';
import { TestService } from '../../test/support/service.js';
import { AuditLog } from './audit-log.service.js';
import type { AuditEventDraft } from '#libs/audit';

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 6962 section 2.1, word for word: the slow twin of the frontier in SQL. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

const draft = (object: string): AuditEventDraft =>
  ({ actor: 'somebody', role: 'auditor', action: 'test.append', object, outcome: 'ok' });

describe('audit.append', () => {
  let service: TestService;
  let database: DataSource;
  const log = new AuditLog();
  beforeAll(async () => {
    service = await TestService.start();
    database = await createDataSource('extracts', service.service.database).initialize();
  });
  afterAll(async () => {
    await database.destroy();
    await service.stop();
  });
  const append = (event: AuditEventDraft): Promise<number> =>
    database.transaction((manager) => log.append(manager, event));
  const head = async (): Promise<{ size: number; frontier: Buffer[] }> => {
    const [row] = await service.query<{ size: string; frontier: Buffer[] }>(
      'audit', 'SELECT size, frontier FROM audit.tree_head');
    return { size: Number(row.size), frontier: row.frontier };
  };
  const leaves = async (): Promise<Buffer[]> =>
    (await service.query<{ event: string }>('audit', 'SELECT event FROM audit.event ORDER BY seq'))
      .map(({ event }) => Buffer.from(event, 'utf8'));

  it('keeps the frontier of the RFC 6962 tree at every size', async () => {
    for (let count = 0; count < 20; count++) {
      await append(draft(`object:${count}`));
      const { size, frontier } = await head();
      const events = await leaves();
      expect(size).toBe(events.length);
      const root = frontier.reduceRight((right, left) => sha256(Buffer.of(1), left, right));
      expect(root.toString('hex')).toBe(rootOf(events).toString('hex'));
    }
  });

  it('writes canonical JSON: sorted members, `at` and `seq` among them, any text unharmed', async () => {
    const seq = await append({
      ...draft('object:"\\ü\u{1f600}'), purpose: 'dpv:X', details: { b: [1, 'ß"'], a: null, Z: true },
    });
    const [{ event, leaf_hash: leafHash }] = await service.query<{ event: string; leaf_hash: Buffer }>(
      'audit', 'SELECT event, leaf_hash FROM audit.event WHERE seq = $1', [seq]);
    const parsed = JSON.parse(event) as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(
      ['action', 'actor', 'at', 'details', 'object', 'outcome', 'purpose', 'role', 'seq', 'v']);
    expect(parsed).toMatchObject({ seq, v: 1, object: 'object:"\\ü\u{1f600}', details: { Z: true, a: null, b: [1, 'ß"'] } });
    expect(event).toContain('"details":{"Z":true,"a":null,"b":[1,"ß\\""]}');
    expect(new Date(parsed['at'] as string).toISOString()).toBe(parsed['at']);
    expect(leafHash.toString('hex')).toBe(sha256(Buffer.of(0), Buffer.from(event)).toString('hex'));
  });

  it('numbers without gaps and never goes back in time, whoever appends at once and whoever rolls back', async () => {
    const before = (await head()).size;
    await Promise.all(Array.from({ length: 30 }, async (_, index) => {
      const appended = database.transaction(async (manager) => {
        await log.append(manager, draft(`object:${index}`));
        if (index % 3 === 0) throw new Error('rolled back');
      });
      await appended.catch(() => undefined);
    }));
    const events = await service.auditEvents();
    expect(events).toHaveLength(before + 20);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    const times = events.map(({ at }) => at as string);
    expect(times).toEqual([...times].sort());
  });

  it('undoes the work when the event cannot be appended', async () => {
    const insert = database.transaction(async (manager) => {
      await manager.query("SELECT set_config('vinculum.organisation', 'agency', true)");
      await manager.query(`
        INSERT INTO encodings.extract (project, register_id, cardinality, organisation, submitted_by, manifest)
        VALUES (gen_random_uuid(), 'r', 'unique', 'agency', 'anna', '{}')`);
      await manager.query('SELECT audit.append($1, $2)', [['action'], ['no json']]);
    });
    await expect(insert).rejects.toThrow(/members are JSON/);
    expect(await database.transaction(async (manager) => {
      await manager.query("SELECT set_config('vinculum.organisation', 'agency', true)");
      return manager.query('SELECT 1 FROM encodings.extract');
    })).toEqual([]);
  });

  it.each([
    [['seq'], ['1']], [['at'], ['"2020-01-01"']], [['a', 'a'], ['1', '2']], [['a b'], ['1']], [['ä'], ['1']],
    [['a'], ['1', '2']], [[], []], [['a'], [null]],
  ])('refuses names %j with members %j', async (names, members) => {
    const before = (await head()).size;
    await expect(database.query('SELECT audit.append($1, $2)', [names, members])).rejects.toThrow(/audit\.append/);
    expect((await head()).size).toBe(before);
  });

  const CHANGES = [
    "UPDATE audit.event SET event = '{}' WHERE seq = 0", 'DELETE FROM audit.event', 'TRUNCATE audit.event',
    "INSERT INTO audit.event (seq, event, leaf_hash) VALUES (1000000, '{}', sha256(''))",
    'UPDATE audit.tree_head SET size = 0', 'DELETE FROM audit.tree_head', 'DROP TABLE audit.event',
    'ALTER TABLE audit.event DISABLE TRIGGER ALL', 'DROP FUNCTION audit.append(text[], text[])',
    'SET ROLE vinculum_audit_owner',
  ];
  it.each([...DATABASE_ROLES, 'owner' as const])('lets the login %s change nothing', async (role) => {
    const before = await leaves();
    for (const change of CHANGES) {
      await expect(service.query(role, change)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await leaves()).toEqual(before);
  });

  it('refuses a change even to the owner of the table', async () => {
    // What a superuser could do: become the owner. The trigger still stands in the way.
    await service.query('owner', 'GRANT vinculum_audit_owner TO vinculum_owner WITH SET TRUE');
    for (const change of CHANGES.slice(0, 3)) {
      await expect(service.query('owner', `SET ROLE vinculum_audit_owner; ${change}`)).rejects.toThrow(/append-only/);
    }
  });
});
