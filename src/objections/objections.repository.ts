import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Whose list: one custodian's, of one register, against one project or (null) all uses. */
export interface ObjectionList {
  readonly organisation: string;
  readonly registerId: string;
  readonly project: string | null;
}

/** Marks of record ids, and of tokens. */
export interface FiledMarks {
  readonly records: readonly Buffer[];
  readonly tokens: readonly Buffer[];
}

/** SQL of the objections, as the role that row-level security shows one custodian's. */
@Injectable()
export class ObjectionsRepository {
  async actFor(manager: EntityManager, organisation: string): Promise<void> {
    await manager.query("SELECT set_config('vinculum.organisation', $1, true)", [organisation]);
  }

  /** What is filed already stays as it is. */
  async insert(manager: EntityManager, list: ObjectionList, marks: FiledMarks): Promise<void> {
    await manager.query(
      `INSERT INTO encodings.objection (organisation, register_id, project, kind, mark)
       SELECT $1, $2, $3, kind, mark FROM (SELECT 'record' AS kind, unnest($4::bytea[]) AS mark
         UNION ALL SELECT 'token', unnest($5::bytea[])) AS filed ON CONFLICT DO NOTHING`,
      [list.organisation, list.registerId, list.project, marks.records, marks.tokens]);
  }

  async remove(manager: EntityManager, list: ObjectionList, marks: FiledMarks): Promise<void> {
    await manager.query(
      `DELETE FROM encodings.objection WHERE organisation = $1 AND register_id = $2
         AND project IS NOT DISTINCT FROM $3
         AND (kind = 'record' AND mark = ANY ($4::bytea[]) OR kind = 'token' AND mark = ANY ($5::bytea[]))`,
      [list.organisation, list.registerId, list.project, marks.records, marks.tokens]);
  }
}
