import { TestService } from '../../../test/support/service.js';
import { DATABASE_ROLES, loginOf, type DatabaseRole } from './database-roles.js';

/** What each login may read and write; all else is refused. Stated here, so that a grant is a decision. */
const GRANTS: Readonly<Record<DatabaseRole, Readonly<Record<string, string>>>> = {
  governance: {
    'governance.project': 'SELECT INSERT UPDATE', 'governance.project_register': 'SELECT INSERT',
    'governance.approval': 'SELECT INSERT', 'governance.member': 'SELECT INSERT',
    'governance.sealed_key': 'SELECT INSERT DELETE', 'governance.retention_decision': 'SELECT INSERT UPDATE',
  },
  extracts: {
    'encodings.extract': 'SELECT INSERT UPDATE', 'encodings.chunk': 'SELECT INSERT DELETE',
    'encodings.upload': 'SELECT INSERT UPDATE DELETE', 'encodings.agreed_segments': 'SELECT INSERT',
    'encodings.objection': 'SELECT INSERT DELETE', 'encodings.agreed_canaries': 'SELECT INSERT',
    'encodings.column_share': 'SELECT INSERT', 'encodings.cross_check': 'SELECT INSERT',
    'content.chunk': 'SELECT INSERT DELETE', 'content.record': 'INSERT DELETE', 'content.event': 'INSERT DELETE',
  },
  linker: {
    'encodings.extract': 'SELECT', 'encodings.chunk': 'SELECT', 'encodings.objection': 'SELECT',
    'encodings.cross_check': 'SELECT',
    'links.run': 'SELECT INSERT UPDATE', 'links.entity_record': 'SELECT INSERT DELETE',
  },
  cohort: {
    'links.run': 'SELECT', 'links.entity_record': 'SELECT', 'content.record': 'SELECT', 'content.event': 'SELECT',
  },
  releases: {
    'releases.cohort_request': 'SELECT INSERT UPDATE', 'releases.approval': 'SELECT INSERT',
    'releases.release': 'SELECT INSERT',
  },
  retention: {
    'encodings.extract': 'SELECT UPDATE', 'encodings.chunk': 'DELETE', 'encodings.upload': 'DELETE',
    'content.chunk': 'DELETE', 'content.record': 'DELETE', 'content.event': 'DELETE',
    'links.entity_record': 'DELETE', 'governance.retention_decision': 'SELECT',
  },
  audit: { 'audit.event': 'SELECT', 'audit.tree_head': 'SELECT' },
  queue: {},
};

describe('database roles', () => {
  let service: TestService;
  beforeAll(async () => { service = await TestService.start(); });
  afterAll(() => service.stop());

  it.each(DATABASE_ROLES)('the login %s may do what it needs and nothing else', async (role) => {
    const rows = await service.query<{ relation: string; privileges: string }>('owner', `
      SELECT n.nspname || '.' || c.relname AS relation,
             string_agg(p, ' ' ORDER BY array_position(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE'], p))
               AS privileges
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
           unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) AS p
      WHERE c.relkind IN ('r', 'v', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'queue')
        AND has_table_privilege($1, c.oid, p)
      GROUP BY 1`, [loginOf(role)]);
    const granted = Object.fromEntries(rows.map(({ relation, privileges }) => [relation, privileges]));
    expect(granted).toEqual(GRANTS[role]);
  });

  it('no login is a superuser, bypasses row security, or may create roles', async () => {
    const rows = await service.query('owner', `SELECT rolname FROM pg_roles
      WHERE rolname LIKE 'vinculum\\_%' AND (rolsuper OR rolbypassrls OR rolreplication
        OR (rolcreaterole AND rolname <> 'vinculum_owner'))`);
    expect(rows).toEqual([]);
  });

  it('the cohort login cannot read an encoding, nor the linker content', async () => {
    await expect(service.query('cohort', 'SELECT * FROM encodings.chunk')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('linker', 'SELECT * FROM content.record')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('extracts', 'SELECT sex FROM content.record')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('extracts', 'SELECT * FROM links.run')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('audit', 'SELECT * FROM governance.project')).rejects.toMatchObject({ code: '42501' });
  });

  it('the extracts login sees the extracts of the custodian that the session names, and no others', async () => {
    for (const organisation of ['one', 'two']) {
      await service.query('extracts', `SELECT set_config('vinculum.organisation', '${organisation}', false);
        INSERT INTO encodings.extract (project, register_id, cardinality, organisation, submitted_by, manifest)
        VALUES (gen_random_uuid(), 'r', 'unique', '${organisation}', 'anna', '{}')`);
    }
    expect(await service.query('extracts', 'SELECT organisation FROM encodings.extract')).toEqual([]);
    await expect(service.query('extracts', `SELECT set_config('vinculum.organisation', 'one', false);
      INSERT INTO encodings.extract (project, register_id, cardinality, organisation, submitted_by, manifest)
      VALUES (gen_random_uuid(), 'r', 'unique', 'two', 'anna', '{}')`)).rejects.toThrow(/row-level security/);
    const one = await service.query<{ count: number }>('extracts', `WITH me AS MATERIALIZED (
        SELECT set_config('vinculum.organisation', 'one', false) AS name)
      SELECT (SELECT count(*)::int FROM encodings.extract WHERE (SELECT name FROM me) = 'one') AS count`);
    expect(one).toEqual([{ count: 1 }]);
  });
});
