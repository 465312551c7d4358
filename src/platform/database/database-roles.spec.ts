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
    'content.chunk': 'SELECT INSERT DELETE', 'content.key': 'SELECT INSERT DELETE', 'content.sealed_rows': 'INSERT DELETE',
  },
  linker: {
    'encodings.extract': 'SELECT', 'encodings.chunk': 'SELECT', 'encodings.objection': 'SELECT',
    'encodings.cross_check': 'SELECT',
    'links.run': 'SELECT INSERT UPDATE', 'links.entity_record': 'SELECT INSERT DELETE',
  },
  cohort: {
    'links.run': 'SELECT', 'links.entity_record': 'SELECT', 'content.key': 'SELECT',
    'content.sealed_rows': 'SELECT',
  },
  releases: {
    'releases.cohort_request': 'SELECT INSERT UPDATE', 'releases.approval': 'SELECT INSERT',
    'releases.release': 'SELECT INSERT',
  },
  retention: {
    'encodings.extract': 'SELECT UPDATE', 'encodings.chunk': 'DELETE', 'encodings.upload': 'DELETE',
    'content.chunk': 'DELETE', 'content.key': 'DELETE', 'content.sealed_rows': 'DELETE',
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
    for (const table of ['chunk', 'extract', 'objection']) {
      await expect(service.query('cohort', `SELECT * FROM encodings.${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    for (const table of ['chunk', 'key', 'sealed_rows']) {
      await expect(service.query('linker', `SELECT * FROM content.${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(service.query('extracts', 'SELECT data FROM content.sealed_rows')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('retention', 'SELECT data FROM content.sealed_rows')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('extracts', 'SELECT * FROM links.run')).rejects.toMatchObject({ code: '42501' });
    await expect(service.query('audit', 'SELECT * FROM governance.project')).rejects.toMatchObject({ code: '42501' });
  });

  it('only who checks and who tabulates may hold rows in the clear, in tables that end with the transaction', async () => {
    const rows = await service.query<{ role: string }>('owner', `SELECT r AS role FROM unnest($1::text[]) AS r
      WHERE has_database_privilege(r, current_database(), 'TEMPORARY')`, [DATABASE_ROLES.map(loginOf)]);
    expect(rows.map(({ role }) => role)).toEqual(['vinculum_extracts', 'vinculum_cohort']);
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
