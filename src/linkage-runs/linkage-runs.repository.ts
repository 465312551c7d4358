import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExtractManifest } from '#libs/record';
import { copyOut, roomUsedAgain } from '../platform/database/copy-out.js';
import { copyInto } from '../platform/database/copy-rows.js';
import { isRowId } from '../platform/database/row-id.js';
import type { FiledObjections } from './objecting-rows.js';
import type { ObjectingRecords, RunEstimates, RunManifest, RunProgress, RunRow } from './linkage-run.js';

/** An accepted extract, as the linker sees it: its encodings and no content. */
export interface AcceptedExtract {
  readonly id: string;
  readonly registerId: string;
  readonly manifest: ExtractManifest;
  readonly organisation: string;
  readonly wrappedKey: Buffer;
  readonly version: number;
}

const COLUMNS = `id, project, state, progress, spec, extracts, manifest, estimates, objections, failure,
  links_destroyed_at AS "linksDestroyedAt", requested_by AS "requestedBy", created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt"`;

/** All SQL of the linkage runs, as the role that sees encodings and writes links. */
@Injectable()
export class LinkageRunsRepository {
  /** Unique registers first, then by name: the order of linking must not hang on the order of delivery. */
  async acceptedExtracts(manager: EntityManager, project: string): Promise<AcceptedExtract[]> {
    return manager.query<AcceptedExtract[]>(
      `SELECT id, register_id AS "registerId", organisation, manifest, wrapped_key AS "wrappedKey", version
       FROM encodings.extract
       WHERE project = $1 AND state = 'accepted' AND wrapped_key IS NOT NULL
       ORDER BY cardinality DESC, register_id`, [project]);
  }

  /**
   * Encrypted bytes of the encodings, in order, each good until the next is asked for; the manager can do
   * nothing else meanwhile.
   */
  async* chunks(manager: EntityManager, extract: string): AsyncGenerator<{ place: number; data: Buffer }> {
    // COPY takes no parameters: what stands in its text is looked at.
    if (!isRowId(extract)) throw new Error('not the id of an extract');
    const query = `SELECT place, data FROM encodings.chunk WHERE extract = '${extract}' ORDER BY place`;
    for await (const [place, data] of copyOut(manager, query, roomUsedAgain(1))) {
      yield { place: Number(place!.readBigInt64BE()), data: data! };
    }
  }

  /**
   * No extract of the project is destroyed before the transaction ends: a link map that is written meanwhile
   * is found by the destruction that comes after.
   */
  async lockExtracts(manager: EntityManager, project: string): Promise<void> {
    await manager.query(
      'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [`extracts of ${project}`]);
  }

  /**
   * Marks of the records of a register whose people object to this project, or to every use.
   *
   * @param linked all extracts of the run: tokens against every use count where their register is linked.
   */
  async objections(
    manager: EntityManager, project: string, { organisation, registerId }: AcceptedExtract,
    linked: readonly AcceptedExtract[],
  ): Promise<FiledObjections> {
    const rows = await manager.query<{ kind: string; mark: string }[]>(
      `SELECT kind, encode(mark, 'hex') AS mark FROM encodings.objection
       WHERE kind = 'record' AND organisation = $1 AND register_id = $2 AND (project = $3 OR project IS NULL)
          OR kind = 'token' AND (project = $3 OR project IS NULL
            AND (organisation, register_id) IN (SELECT * FROM unnest($4::text[], $5::text[])))`,
      [organisation, registerId, project,
        linked.map((extract) => extract.organisation), linked.map((extract) => extract.registerId)]);
    const marksOf = (wanted: string): Set<string> =>
      new Set(rows.flatMap(({ kind, mark }) => (kind === wanted ? [mark] : [])));
    return { records: marksOf('record'), tokens: marksOf('token') };
  }

  async insert(
    manager: EntityManager, run: Pick<RunRow, 'project' | 'spec' | 'extracts' | 'requestedBy'>,
  ): Promise<string> {
    const [{ id }] = await manager.query<[{ id: string }]>(
      'INSERT INTO links.run (project, spec, extracts, requested_by) VALUES ($1, $2, $3, $4) RETURNING id',
      [run.project, JSON.stringify(run.spec), run.extracts, run.requestedBy]);
    return id;
  }

  async find(manager: EntityManager, id: string): Promise<RunRow | undefined> {
    const rows = await manager.query<RunRow[]>(`SELECT ${COLUMNS} FROM links.run WHERE id = $1`, [id]);
    return rows[0];
  }

  async lock(manager: EntityManager, id: string): Promise<RunRow | undefined> {
    const rows = await manager.query<RunRow[]>(
      `SELECT ${COLUMNS} FROM links.run WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0];
  }

  /** Newest first. */
  async ofProject(manager: EntityManager, project: string): Promise<RunRow[]> {
    return manager.query<RunRow[]>(
      `SELECT ${COLUMNS} FROM links.run WHERE project = $1 ORDER BY created_at DESC, id`, [project]);
  }

  async unfinished(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM links.run WHERE state IN ('queued', 'running') ORDER BY created_at`);
    return rows.map(({ id }) => id);
  }

  /** False where the run has ended meanwhile (it was cancelled): stop working. */
  async reportProgress(manager: EntityManager, id: string, progress: RunProgress): Promise<boolean> {
    const [, changed] = await manager.query<[unknown, number]>(
      `UPDATE links.run SET state = 'running', progress = $2, started_at = coalesce(started_at, now())
       WHERE id = $1 AND state IN ('queued', 'running')`, [id, JSON.stringify(progress)]);
    return changed > 0;
  }

  async end(
    manager: EntityManager, id: string, state: 'failed' | 'cancelled', failure: string | null,
  ): Promise<void> {
    await manager.query(
      'UPDATE links.run SET state = $2, failure = $3, ended_at = now() WHERE id = $1', [id, state, failure]);
  }

  /** Rows as `links.entity_record (run, extract, row_no, entity, probability)`. */
  async writeLinkMap(manager: EntityManager, id: string, rows: Iterable<Buffer>): Promise<void> {
    await manager.query('DELETE FROM links.entity_record WHERE run = $1', [id]);
    await copyInto(manager, 'links.entity_record (run, extract, row_no, entity, probability)', rows);
  }

  async complete(
    manager: EntityManager, id: string, manifest: RunManifest, estimates: RunEstimates,
    objections: readonly ObjectingRecords[],
  ): Promise<void> {
    await manager.query(
      `UPDATE links.run SET state = 'done', manifest = $2, estimates = $3, objections = $4, ended_at = now(),
         progress = '{"stage":"done","registers":"","percentage":100}' WHERE id = $1`,
      [id, JSON.stringify(manifest), JSON.stringify(estimates), JSON.stringify(objections)]);
  }
}
