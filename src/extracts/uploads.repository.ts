import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExtractPartName } from '#libs/record';
import { copyOut, type Room } from '../platform/database/copy-out.js';
import { CopyRows, copyInto } from '../platform/database/copy-rows.js';
import { isRowId } from '../platform/database/row-id.js';

/** A piece of a part on its way: `length` bytes from byte `start`; the first `received` are durable. */
export interface UploadRow {
  readonly id: string;
  readonly part: ExtractPartName;
  readonly start: number;
  readonly length: number;
  readonly received: number;
  readonly changedAt: Date;
}

/** Encrypted bytes of a part from byte `place`. */
export interface StoredChunk {
  readonly place: number;
  readonly data: Buffer;
}

type Numbers = 'start' | 'length' | 'received';
/** The driver gives bigint as text. */
type StoredUpload = Omit<UploadRow, Numbers> & Readonly<Record<Numbers, string>>;

const COLUMNS = 'id, part, start, length, received, changed_at AS "changedAt"';

/** All SQL of the bytes of extracts, received and stored. The caller has found and locked the extract. */
@Injectable()
export class UploadsRepository {
  /** In the order of part and start. */
  async ofExtract(manager: EntityManager, extract: string): Promise<UploadRow[]> {
    const rows = await manager.query<StoredUpload[]>(
      `SELECT ${COLUMNS} FROM encodings.upload WHERE extract = $1 ORDER BY part, start`, [extract]);
    return rows.map(withNumbers);
  }

  async insert(
    manager: EntityManager, extract: string, upload: Pick<UploadRow, 'id' | 'part' | 'start' | 'length'>,
  ): Promise<void> {
    const { id, part, start, length } = upload;
    await manager.query(
      'INSERT INTO encodings.upload (id, extract, part, start, length) VALUES ($1, $2, $3, $4, $5)',
      [id, extract, part, start, length]);
  }

  /** False where the upload is not where the caller thinks: somebody else has sent these bytes meanwhile. */
  async advance(manager: EntityManager, id: string, from: number, to: number): Promise<boolean> {
    const [, changed] = await manager.query<[unknown, number]>(
      'UPDATE encodings.upload SET received = $3, changed_at = now() WHERE id = $1 AND received = $2',
      [id, from, to]);
    return changed === 1;
  }

  async storeChunks(
    manager: EntityManager, extract: string, part: ExtractPartName, chunks: readonly StoredChunk[],
  ): Promise<void> {
    await copyInto(manager, `${tableOf(part)} (${columnsOf(part)})`, chunkRows(extract, part, chunks));
  }

  /**
   * All chunks of a part in their order; the manager can do nothing else meanwhile.
   *
   * @param room memory for the bytes of a chunk, so many.
   */
  async* chunks(
    manager: EntityManager, extract: string, part: ExtractPartName, room: (length: number) => Promise<Buffer>,
  ): AsyncGenerator<StoredChunk> {
    const query = `SELECT place, data FROM ${tableOf(part)} WHERE ${whereOf(extract, part)} ORDER BY place`;
    const roomFor: Room = (field, length) => (field === 1 ? room(length) : Buffer.allocUnsafe(length));
    for await (const row of copyOut(manager, query, roomFor)) yield chunkOf(row);
  }

  /** The next chunks after `place` (-1: the first), as many as may be held at once. */
  async chunksAfter(
    manager: EntityManager, extract: string, part: ExtractPartName, place: number, count: number,
  ): Promise<StoredChunk[]> {
    const query = `SELECT place, data FROM ${tableOf(part)}
      WHERE ${whereOf(extract, part)} AND place > ${Math.trunc(place)} ORDER BY place LIMIT ${Math.trunc(count)}`;
    const chunks: StoredChunk[] = [];
    for await (const row of copyOut(manager, query)) chunks.push(chunkOf(row));
    return chunks;
  }

  async remove(manager: EntityManager, extract: string, upload: UploadRow): Promise<void> {
    const { id, part, start, length } = upload;
    await manager.query(
      `DELETE FROM ${tableOf(part)} WHERE ${whereOf(extract, part)} AND place >= $1 AND place < $2`,
      [start, start + length]);
    await manager.query('DELETE FROM encodings.upload WHERE id = $1', [id]);
  }

  /** Bytes of the encodings before `place`: those that came, where others were made of them. */
  async removeEncodingsBefore(manager: EntityManager, extract: string, place: number): Promise<void> {
    await manager.query('DELETE FROM encodings.chunk WHERE extract = $1 AND place < $2', [extract, place]);
  }

  /** After the extract was accepted: encodings stay where they are, the others have become rows. */
  async removeReceived(manager: EntityManager, extract: string): Promise<void> {
    await manager.query('DELETE FROM content.chunk WHERE extract = $1', [extract]);
    await manager.query('DELETE FROM encodings.upload WHERE extract = $1', [extract]);
  }

  async removeAll(manager: EntityManager, extract: string): Promise<void> {
    await this.removeReceived(manager, extract);
    await manager.query('DELETE FROM encodings.chunk WHERE extract = $1', [extract]);
  }
}

function withNumbers(row: StoredUpload): UploadRow {
  return { ...row, start: Number(row.start), length: Number(row.length), received: Number(row.received) };
}

/** Content never shares a schema with encodings. */
function tableOf(part: ExtractPartName): string {
  return part === 'encodings' ? 'encodings.chunk' : 'content.chunk';
}

function columnsOf(part: ExtractPartName): string {
  return part === 'encodings' ? 'extract, place, data' : 'extract, part, place, data';
}

/** COPY takes no parameters: the id is one of our own, and looked at again. */
function whereOf(extract: string, part: ExtractPartName): string {
  if (!isRowId(extract)) throw new Error('not the id of an extract');
  return part === 'encodings' ? `extract = '${extract}'` : `extract = '${extract}' AND part = '${part}'`;
}

function* chunkRows(
  extract: string, part: ExtractPartName, chunks: readonly StoredChunk[],
): Generator<Buffer> {
  const copy = new CopyRows();
  for (const { place, data } of chunks) {
    copy.beginRow(part === 'encodings' ? 3 : 4);
    copy.uuid(extract);
    if (part !== 'encodings') copy.text(part);
    copy.bigint(BigInt(place));
    copy.beginBytes(data.length);
    yield copy.take();
    yield data;
  }
}

function chunkOf([place, data]: (Buffer | null)[]): StoredChunk {
  return { place: Number(place!.readBigInt64BE()), data: data! };
}
