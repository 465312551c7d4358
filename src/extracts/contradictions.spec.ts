import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { EVENT_KINDS, type EventKind } from '#libs/record';
import { deliver } from '../../test/support/delivery.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { CopyRows } from '../platform/database/copy-rows.js';
import { createDataSource } from '../platform/database/data-sources.js';
import { ContentRepository } from './content.repository.js';

/** A kind, and a day of June 2020. */
type Event = readonly [kind: EventKind, day: number];

const BIRTH = 'expected no event before the birth';
const DEATH = 'expected no event after the death';
const PERMIT = 'expected no permit that ends before it begins';
const DEPARTURE = 'expected no departure before the arrival on a permit';

/** The readable twin of the statement in the database. */
function contradictionOf(events: readonly Event[]): string | null {
  const days = (...kinds: EventKind[]): number[] =>
    events.filter(([kind]) => kinds.includes(kind)).map(([, day]) => day);
  const daysBut = (...kinds: EventKind[]): number[] =>
    days(...EVENT_KINDS.filter((kind) => !kinds.includes(kind)));
  // Of nothing, the least is the greatest number, and the other way round: no rule is broken then.
  if (Math.max(...days('born')) > Math.min(...daysBut('born'))) return BIRTH;
  if (Math.min(...days('died')) < Math.max(...daysBut('died', 'deregistered', 'permit-until'))) return DEATH;
  const [from, until] = [days('permit-from'), days('permit-until')];
  if (from.length > 0 && until.length > 0 && Math.max(...until) < Math.min(...from)) return PERMIT;
  const [arrived, departed] = [days('arrived'), days('departed')];
  const once = arrived.length === 1 && departed.length === 1;
  return once && from.length > 0 && departed[0] < arrived[0] ? DEPARTURE : null;
}

/** As `EventsPart` makes them. */
function rowsOf(records: readonly (readonly Event[])[]): Buffer {
  const copy = new CopyRows();
  for (const [row, events] of records.entries()) {
    for (const [kind, day] of events) {
      copy.beginRow(4);
      copy.integer(row);
      copy.text(kind);
      copy.date(`2020-06-${String(day + 1).padStart(2, '0')}`);
      copy.text('');
    }
  }
  return copy.take();
}

describe('events that cannot all be true', () => {
  let service: TestService;
  let database: DataSource;
  const repository = new ContentRepository();
  beforeAll(async () => {
    service = await TestService.start();
    database = await createDataSource('extracts', service.service.database).initialize();
  });
  afterAll(async () => {
    await database.destroy();
    await service.stop();
  });

  /** What the database says of each record, asked as the service asks, by its role. */
  async function found(records: readonly (readonly Event[])[]): Promise<(string | null)[]> {
    const contradictions = await database.transaction(async (manager) => {
      await repository.beginEvents(manager);
      await repository.addEvents(manager, rowsOf(records));
      return repository.contradictions(manager);
    });
    const found = contradictions.map(({ row }) => row);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    return records.map((_, row) => contradictions.find((one) => one.row === row + 1)?.reason ?? null);
  }

  it('are found for their reason, and what can be true is left alone', async () => {
    const cases: [readonly Event[], string | null][] = [
      [[['born', 5], ['registered', 4]], BIRTH],
      [[['born', 5], ['registered', 5]], null],
      [[['born', 5], ['died', 4]], BIRTH],
      [[['died', 5], ['departed', 6]], DEATH],
      [[['died', 5], ['departed', 5]], null],
      // A register is told of a death later, and what was issued before runs on.
      [[['died', 5], ['deregistered', 9], ['permit-until', 20]], null],
      [[['permit-from', 5], ['permit-until', 4]], PERMIT],
      [[['permit-from', 5], ['permit-until', 5]], null],
      // Of a permit that was renewed only the order of the whole is known.
      [[['permit-from', 1], ['permit-until', 3], ['permit-from', 4], ['permit-until', 9]], null],
      [[['permit-from', 1], ['arrived', 5], ['departed', 4]], DEPARTURE],
      [[['permit-from', 1], ['arrived', 5], ['departed', 5]], null],
      // Whoever lives here may leave and come back; who came twice may have left in between.
      [[['arrived', 5], ['departed', 4]], null],
      [[['permit-from', 1], ['arrived', 5], ['departed', 4], ['arrived', 2]], null],
      [[], null],
    ];
    expect(await found(cases.map(([events]) => events))).toEqual(cases.map(([, reason]) => reason));
  });

  it('are those of the readable twin', async () => {
    const event = fc.tuple(fc.constantFrom(...EVENT_KINDS), fc.nat(4));
    const records = fc.array(fc.array(event, { maxLength: 5 }), { minLength: 100, maxLength: 200 });
    await fc.assert(fc.asyncProperty(records, async (drawn) => {
      expect(await found(drawn)).toEqual(drawn.map(contradictionOf));
    }), { numRuns: 10, endOnFailure: true });
  });

  it('refuse the extract, by the row of the record, with no date in the answer; no table has them afterwards', async () => {
    const project = await approvedProject(service);
    const extract = TinyExtract.create(20, 0);
    const [id] = [extract.bytes.encodings.subarray(2 * 80, 2 * 80 + 16).toString('hex')];
    const events = [`${id},died,2020-03-04,`, `${id},departed,2020-05-06,FR`];
    const refused = deliver(service, 'custodian-population', project, extract.withEvents(events));
    await expect(refused).rejects.toThrow(/EXTRACT_ROWS_REFUSED.*"row":3.*after the death/);
    await refused.catch(({ message }: Error) => expect(message).not.toContain('2020-'));
    expect(await service.query('owner', "SELECT relname FROM pg_class WHERE relname = 'event' AND relpersistence = 't'")).toEqual([]);
  });
});
