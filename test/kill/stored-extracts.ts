import { createHash } from 'node:crypto';
import { Client } from 'pg';
import type { ExtractPartName } from '#libs/record';
import { ownDatabaseOf } from '../../src/demo/service-process.js';
import { DataKey } from '../../src/extracts/data-key.js';
import { openStorageKeys } from '../../src/platform/keys/open-storage-keys.js';
import type { StorageKeys } from '../../src/platform/keys/storage-keys.js';
import { readSettings } from '../../src/platform/settings/settings.js';
import { keptContentOf, openedRows, queryOf } from '../support/kept-content.js';
import type { TinyExtract } from '../support/tiny-extract.js';

interface Row {
  readonly id: string;
  readonly state: string;
  readonly wrapped_key: Buffer | null;
}

interface Chunk {
  readonly part: ExtractPartName;
  readonly place: string;
  readonly data: Buffer;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Looks at what the database holds of an extract, from below: past the service, as its owner could. */
export class StoredExtracts {
  constructor(private readonly home: string) {}

  /**
   * What is wrong: of an accepted extract every byte must be the source's; of any other there must be no row
   * of content, and of each upload exactly the bytes that it says.
   *
   * @param accepted whether the extract must be there by now.
   */
  async faultsOf(source: TinyExtract, accepted: boolean): Promise<string[]> {
    const client = new Client(ownDatabaseOf(this.home));
    await client.connect();
    try {
      // One moment: a check goes on in the service when its client was killed, and may end while we look.
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const { rows } = await client.query<Row>(
        'SELECT id, state, wrapped_key FROM encodings.extract WHERE manifest = $1', [JSON.stringify(source.manifest)]);
      if (rows.length > 1) return [`the extract is there ${rows.length} times`];
      if (rows.length === 0) return accepted ? ['the extract is not there'] : [];
      if (rows[0].state === 'accepted') return await this.faultsOfAccepted(client, rows[0], source);
      return [
        ...(accepted ? [`the extract is ${rows[0].state}`] : []),
        ...await this.faultsOfReceiving(client, rows[0], source),
      ];
    } finally {
      await client.end();
    }
  }

  private async faultsOfAccepted(client: Client, extract: Row, source: TinyExtract): Promise<string[]> {
    const chunks = await this.chunks(client, extract);
    const encodings = Buffer.concat(chunks.filter(({ part }) => part === 'encodings').map(({ bytes }) => bytes));
    const ids = Array.from({ length: source.manifest.records }, (_, row) => {
      const at = row * (encodings.length / source.manifest.records);
      return encodings.subarray(at, at + 16).toString('hex');
    });
    const kept = await openedRows(this.keys(), await keptContentOf(queryOf(client), extract.id));
    const stored: Record<ExtractPartName, Buffer> = {
      encodings,
      content: textOf(source.bytes.content, kept.content.map((row) => lineOf(ids, row))),
      events: textOf(source.bytes.events, kept.events.map((row) => lineOf(ids, row))),
    };
    return (Object.keys(stored) as ExtractPartName[])
      .filter((part) => sha256(stored[part]) !== sha256(source.bytes[part]))
      .map((part) => `accepted, but the SHA-256 of its ${part} is not the source's`);
  }

  private async faultsOfReceiving(client: Client, extract: Row, source: TinyExtract): Promise<string[]> {
    const faults: string[] = [];
    const { rows } = await client.query('SELECT 1 FROM content.sealed_rows WHERE extract = $1 LIMIT 1', [extract.id]);
    if (rows.length > 0) faults.push(`${extract.state}, but content.sealed_rows has rows of it`);
    const uploads = await client.query<{ part: ExtractPartName; start: string; received: string }>(
      'SELECT part, start, received FROM encodings.upload WHERE extract = $1', [extract.id]);
    const chunks = await this.chunks(client, extract);
    for (const { part, start, received } of uploads.rows) {
      const [from, to] = [Number(start), Number(start) + Number(received)];
      const stored = chunks.filter((chunk) => chunk.part === part && chunk.place >= from && chunk.place < to);
      if (!Buffer.concat(stored.map(({ bytes }) => bytes)).equals(source.bytes[part].subarray(from, to))) {
        faults.push(`${extract.state}, ${part}: bytes ${from} to ${to} are acknowledged and not stored`);
      }
    }
    return faults;
  }

  private keys(): StorageKeys {
    return openStorageKeys(readSettings({ VINCULUM_HOME: this.home }, process.cwd()));
  }

  private async chunks(
    client: Client, extract: Row,
  ): Promise<{ part: ExtractPartName; place: number; bytes: Buffer }[]> {
    if (!extract.wrapped_key) return [];
    const key = await DataKey.unwrap(this.keys(), extract.id, extract.wrapped_key);
    const { rows } = await client.query<Chunk>(
      `SELECT 'encodings' AS part, place, data FROM encodings.chunk WHERE extract = $1
       UNION ALL SELECT part, place, data FROM content.chunk WHERE extract = $1 ORDER BY part, place`, [extract.id]);
    return rows.map(({ part, place, data }) => (
      { part, place: Number(place), bytes: key.openChunk(part, Number(place), data) }));
  }
}

/** A row of content or events as it was delivered: the id in place of its number. */
function lineOf(ids: readonly string[], [row, ...fields]: readonly string[]): string {
  return [ids[Number(row)], ...fields].join(',');
}

/** Rows under the header of the source. */
function textOf(source: Buffer, rows: readonly string[]): Buffer {
  const header = source.toString().split('\n', 1)[0];
  return Buffer.from([header, ...rows, ''].join('\n'));
}
