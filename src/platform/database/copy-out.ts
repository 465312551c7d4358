import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';

/** Signature (11 bytes), flags (4), length of the header's extension (4). */
const HEADER_BYTES = 19;

/** Where the bytes of a field go: memory of just that length. */
export type Room = (field: number, length: number) => Buffer | Promise<Buffer>;

/** Memory that field `again` of every row gets once more: it is good until the next row is asked for. */
export function roomUsedAgain(again: number): Room {
  let memory = Buffer.alloc(0);
  return (field, length) => {
    if (field !== again) return Buffer.allocUnsafe(length);
    if (memory.length < length) memory = Buffer.allocUnsafeSlow(length);
    return memory.subarray(0, length);
  };
}

const newRoom: Room = (_field, length) => Buffer.allocUnsafe(length);

/**
 * Rows of a query in the binary format of COPY, field by field as PostgreSQL sends them (null for NULL), with
 * back pressure and in constant memory. The driver's own results pass bytea as hexadecimal text and hold all
 * rows at once.
 *
 * @param manager in a transaction; it can do nothing else before the last row was taken.
 * @param query the program's own text: COPY takes no parameters.
 * @param room new memory for each field, unless the caller has some.
 */
export async function* copyOut(
  manager: EntityManager, query: string, room = newRoom,
): AsyncGenerator<(Buffer | null)[]> {
  if (!manager.queryRunner?.isTransactionActive) throw new Error('copyOut belongs into a transaction');
  const client = await manager.queryRunner.connect() as PoolClient;
  const source = client.query(copyTo(`COPY (${query}) TO STDOUT WITH (FORMAT binary)`));
  const bytes = new ByteQueue(source);
  try {
    const header = await bytes.take(HEADER_BYTES);
    await bytes.take(header.readInt32BE(HEADER_BYTES - 4));
    for (;;) {
      const fields = (await bytes.take(2)).readInt16BE();
      if (fields < 0) break;
      yield await rowOf(bytes, fields, room);
    }
  } finally {
    // Whoever stops early gets the connection back when the rest has passed.
    source.resume();
    if (!source.readableEnded && !source.errored) await finished(source).catch(() => undefined);
  }
}

async function rowOf(bytes: ByteQueue, fields: number, room: Room): Promise<(Buffer | null)[]> {
  const row: (Buffer | null)[] = [];
  for (let field = 0; field < fields; field++) {
    const length = (await bytes.take(4)).readInt32BE();
    row.push(length < 0 ? null : await bytes.fill(await room(field, length)));
  }
  return row;
}

/** Takes a stream apart into runs of known length, wherever it was cut on its way. */
class ByteQueue {
  private readonly pieces: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(source: Readable) {
    this.pieces = source.iterator({ destroyOnReturn: false });
  }

  /** @throws Error when the stream ends before, or fails. */
  take(length: number): Promise<Buffer> {
    return this.fill(Buffer.allocUnsafe(length));
  }

  /** Fills `target`, and returns it; throws as `take`. */
  async fill(target: Buffer): Promise<Buffer> {
    for (let at = 0; at < target.length;) {
      if (this.held.length === 0) {
        const next = await this.pieces.next();
        if (next.done) throw new Error('COPY ended in the middle of a row');
        this.held = next.value;
      }
      const taken = this.held.copy(target, at);
      this.held = this.held.subarray(taken);
      at += taken;
    }
    return target;
  }
}
