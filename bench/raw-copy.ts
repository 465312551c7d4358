import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { CopyRows } from '../src/platform/database/copy-rows.js';

/*
 * The reference of bench:ingest: the bytes of a file into a table and out of it by COPY in the binary format,
 * a MiB a row, in one transaction, by one connection; nothing is hashed, checked or encrypted.
 */

const CHUNK_BYTES = 1 << 20;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = Buffer.from([0xff, 0xff]);

export async function createRawTable(client: Client): Promise<void> {
  await client.query('DROP TABLE IF EXISTS raw_copy');
  await client.query('CREATE TABLE raw_copy (place bigint PRIMARY KEY, data bytea NOT NULL)');
  await client.query('ALTER TABLE raw_copy ALTER COLUMN data SET STORAGE EXTERNAL');
}

/** Ends when the file's bytes are committed. */
export async function rawCopyIn(client: Client, file: string): Promise<void> {
  await client.query('BEGIN');
  const sink = client.query(copyFrom('COPY raw_copy (place, data) FROM STDIN WITH (FORMAT binary)'));
  await pipeline(Readable.from(rowsOf(file), { objectMode: true, highWaterMark: 2 }), sink);
  await client.query('COMMIT');
}

/** Ends when the last byte has come back. */
export async function rawCopyOut(client: Client, bytes: number): Promise<void> {
  let came = 0;
  const source = client.query(copyTo('COPY (SELECT place, data FROM raw_copy ORDER BY place) TO STDOUT WITH (FORMAT binary)'));
  for await (const piece of source as AsyncIterable<Buffer>) came += piece.length;
  if (came < bytes) throw new Error(`expected at least ${bytes} bytes from the raw copy, got ${came}`);
}

export function secondsSince(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1e9;
}

async function* rowsOf(file: string): AsyncGenerator<Buffer> {
  yield SIGNATURE;
  let place = 0n;
  const copy = new CopyRows();
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    copy.beginRow(2);
    copy.bigint(place);
    copy.beginBytes(chunk.length);
    yield copy.take();
    yield chunk;
    place += BigInt(chunk.length);
  }
  yield END;
}
