import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { ownDatabaseOf } from '../../src/demo/service-process.js';

const LOOK_EVERY_MS = 1;

/** Sees what the service has its database do, from a connection of its own. */
export class DatabaseWatch {
  constructor(private readonly home: string) {}

  /** True as soon as a statement is there that begins so; false when told to give up, or with the server. */
  async seen(beginning: string, over: AbortSignal): Promise<boolean> {
    const client = new Client(ownDatabaseOf(this.home));
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!over.aborted) {
        const { rowCount } = await client.query(
          `SELECT 1 FROM pg_stat_activity WHERE usename = 'vinculum_extracts' AND state <> 'idle'
             AND starts_with(ltrim(query), $1) LIMIT 1`, [beginning]);
        if (rowCount === 1) return true;
        await setTimeout(LOOK_EVERY_MS);
      }
      return false;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
