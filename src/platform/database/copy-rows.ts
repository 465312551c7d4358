import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';

/*
 * COPY ... FROM STDIN WITH (FORMAT binary), as the PostgreSQL manual describes it: a signature, then for
 * every row the number of fields (int16) and for every field its length (int32) and its bytes, then -1.
 */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = Buffer.from([0xff, 0xff]);
/** Days from 1970-01-01 to PostgreSQL's 2000-01-01. */
const POSTGRES_EPOCH_DAYS = 10_957;
const DAY_MS = 86_400_000;

/** Rows in the form that COPY takes; field by field, in the order of the columns. */
export class CopyRows {
  private buffer = Buffer.allocUnsafe(1 << 16);
  private at = 0;

  /** Bytes that `take` would return. */
  get length(): number {
    return this.at;
  }

  beginRow(fields: number): void {
    this.reserve(2);
    this.at = this.buffer.writeInt16BE(fields, this.at);
  }

  boolean(value: boolean): void {
    this.field(1);
    this.at = this.buffer.writeUInt8(value ? 1 : 0, this.at);
  }

  integer(value: number): void {
    this.field(4);
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  bigint(value: bigint): void {
    this.field(8);
    this.at = this.buffer.writeBigInt64BE(value, this.at);
  }

  real(value: number): void {
    this.field(4);
    this.at = this.buffer.writeFloatBE(value, this.at);
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.field(bytes);
    this.at += this.buffer.write(value, this.at);
  }

  bytes(value: Uint8Array): void {
    this.field(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** Begins a field whose bytes the caller hands over itself, right after these: they are not copied. */
  beginBytes(length: number): void {
    this.reserve(4);
    this.at = this.buffer.writeInt32BE(length, this.at);
  }

  /** `aaaaaaaa-bbbb-...` */
  uuid(value: string): void {
    this.field(16);
    this.at += this.buffer.write(value.replaceAll('-', ''), this.at, 'hex');
  }

  /** `YYYY-MM-DD`, a day that exists. */
  date(value: string): void {
    this.integer(Date.parse(`${value}T00:00:00Z`) / DAY_MS - POSTGRES_EPOCH_DAYS);
  }

  /** The rows since the last call. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.at);
    this.buffer = Buffer.allocUnsafe(this.buffer.length);
    this.at = 0;
    return taken;
  }

  private field(bytes: number): void {
    this.reserve(4 + bytes);
    this.at = this.buffer.writeInt32BE(bytes, this.at);
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

/**
 * Streams rows into a table inside the manager's transaction, with back pressure. A failure of the source
 * ends the COPY as failed: the transaction can only be rolled back.
 *
 * @param target `schema.table (column, ...)`: the program's own text, never a caller's.
 * @param rows pieces from `CopyRows.take`, cut anywhere.
 */
export async function copyInto(
  manager: EntityManager, target: string, rows: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  if (!manager.queryRunner?.isTransactionActive) throw new Error('copyInto belongs into a transaction');
  const client = await manager.queryRunner.connect() as PoolClient;
  const sink = client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT binary)`));
  await pipeline(Readable.from(framed(rows), { objectMode: true, highWaterMark: 2 }), sink);
}

async function* framed(rows: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield SIGNATURE;
  for await (const piece of rows) if (piece.length > 0) yield piece;
  yield END;
}
