import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PersonHistory, PersonRecord } from '#libs/cohort';

interface RecordRow {
  /** A bigint, as text. */
  readonly entity: string;
  readonly extract: string;
  readonly sex: PersonRecord['content']['sex'];
  readonly birthMonth: string;
  readonly citizenship: string;
  readonly countryOfBirth: string;
  readonly events: PersonRecord['events'] | null;
}

const ROWS_A_FETCH = 20_000;

/** Link map, content and events together, as the role that sees no encoding. */
@Injectable()
export class PersonHistoriesRepository {
  /**
   * Every entity of a run with its records and events, some thousands at a time; memory does not grow with
   * the population. The manager's transaction must last until the end, and content must be open in it
   * (`OpenedContent`).
   *
   * @param registers extract id -> register.
   */
  async* ofRun(
    manager: EntityManager, run: string, registers: ReadonlyMap<string, string>,
  ): AsyncGenerator<PersonHistory[]> {
    await manager.query(
      `DECLARE person_record NO SCROLL CURSOR FOR
       SELECT l.entity, l.extract, r.sex, r.birth_month AS "birthMonth", r.citizenship,
         r.country_of_birth AS "countryOfBirth",
         (SELECT json_agg(json_build_object('kind', e.kind, 'date', e.date, 'country', e.country))
          FROM pg_temp.event e WHERE e.extract = l.extract AND e.row_no = l.row_no) AS events
       FROM links.entity_record l
       JOIN pg_temp.record r ON r.extract = l.extract AND r.row_no = l.row_no
       WHERE l.run = $1 ORDER BY l.entity`, [run]);
    let person: RecordRow[] = [];
    for (;;) {
      const rows = await manager.query<RecordRow[]>(`FETCH ${ROWS_A_FETCH} FROM person_record`);
      const complete: PersonHistory[] = [];
      for (const row of rows) {
        if (person.length > 0 && person[0].entity !== row.entity) {
          complete.push(historyOf(person, registers));
          person = [];
        }
        person.push(row);
      }
      if (rows.length === 0) {
        if (person.length > 0) yield [historyOf(person, registers)];
        break;
      }
      yield complete;
    }
    await manager.query('CLOSE person_record');
  }
}

function historyOf(rows: readonly RecordRow[], registers: ReadonlyMap<string, string>): PersonHistory {
  return {
    entity: rows[0].entity,
    records: rows.map(({ extract, sex, birthMonth, citizenship, countryOfBirth, events }) => ({
      registerId: registers.get(extract) ?? extract,
      content: { sex, birthMonth, citizenship, countryOfBirth },
      events: events ?? [],
    })),
  };
}
