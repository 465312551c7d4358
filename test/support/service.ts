import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { addressOf } from '../../src/platform/database/data-sources.js';
import type { DatabaseRole } from '../../src/platform/database/database-roles.js';
import { removeHome } from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { openStorageKeys } from '../../src/platform/keys/open-storage-keys.js';
import type { StorageKeys } from '../../src/platform/keys/storage-keys.js';
import { readSettings } from '../../src/platform/settings/settings.js';
import { startService, type RunningService } from '../../src/service.js';

/** An answer of the service: status and parsed body. */
export interface Answer {
  readonly status: number;
  // The shape is the test's business.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** The real service on a folder of its own, with the development identities. */
export class TestService {
  private readonly tokens = new Map<string, string>();

  private constructor(readonly home: string, readonly service: RunningService) {}

  static async start(environment: Record<string, string> = {}): Promise<TestService> {
    const home = mkdtempSync(join(tmpdir(), 'vinculum-test-'));
    const settings = readSettings({ VINCULUM_PORT: '0', VINCULUM_HOME: home, ...environment }, process.cwd());
    return new TestService(home, await startService(settings));
  }

  get url(): string {
    return this.service.url;
  }

  async stop(): Promise<void> {
    await this.service.close();
    removeHome(this.home);
  }

  async token(person: string): Promise<string> {
    let token = this.tokens.get(person);
    if (!token) {
      const answer = await fetch(`${this.service.issuer}/token?person=${person}`, { method: 'POST' });
      token = (await answer.json() as { access_token: string }).access_token;
      this.tokens.set(person, token);
    }
    return token;
  }

  /** A request as one of the development persons; `undefined` sends no token. */
  async request(person: string | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(person ? { authorization: `Bearer ${await this.token(person)}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = /json$|json;/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return { status: answer.status, body: json ? JSON.parse(text) : text, headers: answer.headers };
  }

  /** Looks at the database from below, as one of its roles or as the owner. */
  async query<Row extends object>(role: DatabaseRole | 'owner', sql: string, values: unknown[] = []): Promise<Row[]> {
    const { database } = this.service;
    const client = new Client(role === 'owner' ? database.owner : addressOf(role, database));
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** As `query`, of the owner. */
  readonly ownerQuery = <Row extends object>(sql: string, values: unknown[]): Promise<Row[]> =>
    this.query<Row>('owner', sql, values);

  /** The keys that the service has for what it stores. */
  storageKeys(): StorageKeys {
    return openStorageKeys(readSettings({ VINCULUM_HOME: this.home }, process.cwd()));
  }

  /** The audit log's events, parsed, in order. */
  async auditEvents(): Promise<Record<string, unknown>[]> {
    const rows = await this.query<{ event: string }>('audit', 'SELECT event FROM audit.event ORDER BY seq');
    return rows.map(({ event }) => JSON.parse(event) as Record<string, unknown>);
  }
}
