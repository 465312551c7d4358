import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { removeHome, startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import { dataSourceOptions, type DatabaseAccess } from './data-sources.js';
import { migrate } from './migrate.js';

const SEALED_CONTENT = 'SealedContent1763800000061';

describe('migrations', () => {
  let home: string;
  let postgres: EmbeddedPostgres;
  let access: DatabaseAccess;
  let owner: DataSource;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'vinculum-test-'));
    postgres = await startEmbeddedPostgres(home);
    access = { owner: postgres.owner, masterKey: new Uint8Array(32) };
    const before = MIGRATIONS.slice(0, MIGRATIONS.findIndex(({ name }) => name === SEALED_CONTENT));
    owner = await new DataSource({
      ...dataSourceOptions(postgres.owner), migrations: [...before], migrationsTableName: 'migration',
    }).initialize();
    await owner.runMigrations({ transaction: 'each' });
  });
  afterAll(async () => {
    await owner.destroy();
    await postgres.stop();
    removeHome(home);
  });

  it('to encrypted content is refused where there is content in the clear, and changes nothing', async () => {
    await owner.query(`INSERT INTO encodings.extract (project, register_id, cardinality, organisation, submitted_by, manifest, wrapped_key)
      VALUES (gen_random_uuid(), 'r', 'unique', 'one', 'anna', '{}', '\\x00')`);
    await owner.query(`INSERT INTO content.record SELECT id, 0, 'F', '1980-05', 'FR', 'FR' FROM encodings.extract`);
    await expect(migrate(access)).rejects.toMatchObject({
      code: 'CONTENT_IN_THE_CLEAR', message: expect.stringMatching(/got 1; close their projects with the earlier version/),
    });
    expect(await owner.query('SELECT count(*)::int AS n FROM content.record')).toEqual([{ n: 1 }]);
  });

  it('goes on when they are gone, once', async () => {
    await owner.query('DELETE FROM content.record');
    await owner.query('UPDATE encodings.extract SET wrapped_key = NULL');
    expect((await migrate(access))[0]).toBe(SEALED_CONTENT);
    expect(await owner.query("SELECT to_regclass('content.record') AS gone")).toEqual([{ gone: null }]);
    expect(await migrate(access)).toEqual([]);
  });
});
