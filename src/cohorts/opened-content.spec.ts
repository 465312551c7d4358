import type { DataSource } from 'typeorm';
import { deliver } from '../../test/support/delivery.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { createDataSource } from '../platform/database/data-sources.js';
import { OpenedContent } from './opened-content.js';

/** Enough for several chunks of content. */
const MANY = 30_000;

type Rows = Record<string, unknown>[];

describe('content in the clear', () => {
  let service: TestService;
  let people: DataSource;
  let opened: OpenedContent;
  let large: { id: string; extract: TinyExtract };
  let small: { id: string; extract: TinyExtract };
  beforeAll(async () => {
    service = await TestService.start();
    people = await createDataSource('cohort', service.service.database).initialize();
    opened = service.service.application.get(OpenedContent, { strict: false });
    const project = await approvedProject(service);
    const delivered = async (custodian: string, extract: TinyExtract): Promise<typeof large> =>
      ({ extract, id: await deliver(service, custodian, project, extract) });
    large = await delivered('custodian-population', TinyExtract.create(MANY, 1));
    small = await delivered('custodian-borders', TinyExtract.create(7, 3, 'border-crossings'));
  });
  afterAll(async () => {
    await people.destroy();
    await service.stop();
  });

  function read(table: 'record' | 'event', extracts: readonly string[]): Promise<Rows> {
    return people.transaction(async (manager) => {
      await opened.open(manager, extracts);
      const columns = table === 'record' ? 'r.*' : 'r.extract, r.row_no, r.kind, r.date::text, r.country';
      return manager.query<Rows>(`SELECT ${columns} FROM pg_temp.${table} r ORDER BY extract = $1, row_no, 3, 4`, [small.id]);
    });
  }

  function expected({ id, extract }: typeof large, part: 'content' | 'events', names: readonly string[]): Rows {
    const ids = new Map(extract.bytes.content.toString().trimEnd().split('\n').slice(1)
      .map((line, row) => [line.split(',')[0], row]));
    return extract.bytes[part].toString().trimEnd().split('\n').slice(1).map((line) => {
      const [record, ...fields] = line.split(',');
      const named = Object.fromEntries(fields.map((field, i) => [names[i], field]));
      return { extract: id, row_no: ids.get(record), ...named };
    });
  }

  it('is what was delivered, extract by extract, in two tables', async () => {
    const names = ['sex', 'birth_month', 'citizenship', 'country_of_birth'];
    expect(await read('record', [large.id, small.id]))
      .toEqual([...expected(large, 'content', names), ...expected(small, 'content', names)]);
    const events = await read('event', [large.id, small.id]);
    const sent = [large, small].flatMap((one) => expected(one, 'events', ['kind', 'date', 'country']));
    const text = (rows: Rows): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(text(events)).toEqual(text(sent));
  });

  it('lasts as long as the transaction, and no other connection sees it', async () => {
    await people.transaction(async (manager) => {
      await opened.open(manager, [small.id]);
      expect(await manager.query('SELECT count(*)::int AS n FROM pg_temp.record')).toEqual([{ n: 7 }]);
      await expect(people.query('SELECT * FROM pg_temp.record')).rejects.toThrow(/does not exist/);
      // What is frequent in content would be written to a catalog, and with it to the log.
      expect(await manager.query(`SELECT DISTINCT attname FROM pg_stats
        WHERE schemaname = (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()) ORDER BY 1`))
        .toEqual([{ attname: 'extract' }, { attname: 'row_no' }]);
      // Temporary: not in the write-ahead log, and in no backup.
      expect(await manager.query(
        "SELECT relname, relpersistence FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r' ORDER BY 1"))
        .toEqual([{ relname: 'event', relpersistence: 't' }, { relname: 'record', relpersistence: 't' }]);
    });
    await expect(people.query('SELECT * FROM pg_temp.record')).rejects.toThrow(/does not exist/);
    expect(await service.query('owner', "SELECT 1 FROM pg_class WHERE relpersistence = 't'")).toEqual([]);
  });

  it('has no rows where a part was not delivered', async () => {
    const project = await approvedProject(service);
    const { manifest, bytes } = TinyExtract.create(5);
    const id = await deliver(service, 'custodian-population', project, {
      manifest: { ...manifest, parts: { encodings: manifest.parts.encodings } },
      bytes: { encodings: bytes.encodings },
    });
    expect([await read('record', [id]), await read('event', [id])]).toEqual([[], []]);
  });

  const LARGE = `extract = (SELECT id FROM encodings.extract WHERE manifest->>'records' = '${MANY}') AND part = 'content'`;
  const SMALL = `extract = (SELECT id FROM encodings.extract WHERE manifest->>'records' = '7') AND part = 'content'`;
  it.each([
    ['a bit was changed', `UPDATE content.sealed_rows SET data = set_bit(data, 800, 1 - get_bit(data, 800)) WHERE ${SMALL}`],
    ['the tag was changed', `UPDATE content.sealed_rows
      SET data = set_byte(data, length(data) - 1, 255 - get_byte(data, length(data) - 1)) WHERE ${SMALL}`],
    ['a chunk is another extract\'s', `UPDATE content.sealed_rows
      SET data = (SELECT data FROM content.sealed_rows WHERE ${LARGE} AND last) WHERE ${SMALL}`],
    ['key and chunks are another extract\'s', `WITH other AS (SELECT * FROM content.sealed_rows WHERE ${LARGE} AND last),
      moved AS (UPDATE content.key SET wrapped = (SELECT wrapped FROM content.key k JOIN other ON other.extract = k.extract)
        WHERE extract = (SELECT extract FROM content.sealed_rows WHERE ${SMALL}))
      UPDATE content.sealed_rows SET data = (SELECT data FROM other) WHERE ${SMALL}`],
    ['a chunk of events lies where content is', `UPDATE content.sealed_rows SET data = (SELECT e.data FROM content.sealed_rows e
      WHERE e.extract = sealed_rows.extract AND e.part = 'events' AND e.last) WHERE ${SMALL}`],
    ['two chunks changed places', `UPDATE content.sealed_rows SET data = (SELECT o.data FROM content.sealed_rows o
      WHERE o.extract = sealed_rows.extract AND o.part = 'content' AND o.number = 1 - sealed_rows.number)
      WHERE ${LARGE} AND number < 2`],
    ['the end was cut off', `DELETE FROM content.sealed_rows WHERE ${LARGE} AND last`],
    ['the end was cut off, and another chunk says that it is the last', `WITH gone AS (
        DELETE FROM content.sealed_rows WHERE ${LARGE} AND last RETURNING number)
      UPDATE content.sealed_rows SET last = true WHERE ${LARGE} AND number = (SELECT number - 1 FROM gone)`],
    ['one in the middle is missing', `DELETE FROM content.sealed_rows WHERE ${LARGE} AND number = 1`],
    ['all of them are missing', `DELETE FROM content.sealed_rows WHERE ${SMALL}`],
  ])('is not opened where %s', async (_, damage) => {
    const saved = await service.query<{ rows: unknown }>('owner', 'SELECT to_jsonb(s) AS rows FROM content.sealed_rows s');
    const keys = await service.query<{ rows: unknown }>('owner', 'SELECT to_jsonb(k) AS rows FROM content.key k');
    const both = [large.id, small.id];
    await service.query('owner', damage);
    await expect(read('record', both)).rejects.toThrow(/authenticate|missing/);
    await service.query('owner', 'DELETE FROM content.sealed_rows');
    await service.query('owner', 'DELETE FROM content.key');
    for (const [table, rows] of [['sealed_rows', saved], ['key', keys]] as const) {
      await service.query('owner',
        `INSERT INTO content.${table} SELECT * FROM jsonb_populate_recordset(NULL::content.${table}, $1)`,
        [JSON.stringify(rows.map((row) => row.rows))]);
    }
    expect(await read('record', both)).toHaveLength(MANY + 7);
  });

  it('is not opened for an extract of which nothing is left', async () => {
    await expect(read('record', ['00000000-0000-4000-8000-000000000000'])).rejects.toMatchObject({ code: 'EXTRACT_DESTROYED' });
  });
});
