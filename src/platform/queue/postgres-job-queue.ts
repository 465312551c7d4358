import PgBoss from 'pg-boss';
import type { DatabaseAddress } from '../database/database-address.js';
import { Refusal } from '../problem/refusal.js';
import { everyMinutesByCron, JOB_KIND_PATTERN, type JobHandler, type JobQueue } from './job-queue.js';

const SCHEMA = 'queue';
const POLL_SECONDS = 0.5;
const CLOSE_TIMEOUT_MS = 30_000;
/** A job whose process died comes back after this; the service itself enqueues it at its next start. */
const EXPIRE_HOURS = 23;
const RETRY_LIMIT = 1_000;

/** pg-boss on the service's own PostgreSQL, in its own schema under its own login. */
export class PostgresJobQueue implements JobQueue {
  private readonly closing = new AbortController();
  private readonly workers = new Map<string, string>();
  private readonly kinds = new Set<string>();

  private constructor(private readonly boss: PgBoss) {}

  static async open(address: DatabaseAddress): Promise<PostgresJobQueue> {
    const boss = new PgBoss({
      host: address.host, port: address.port, database: address.database, user: address.user,
      password: address.password, ssl: address.ssl ?? false, schema: SCHEMA, max: 4,
    });
    boss.on('error', () => undefined); // A lost connection; the calls themselves report it.
    await boss.start();
    return new PostgresJobQueue(boss);
  }

  async enqueue(kind: string, reference: string): Promise<void> {
    await this.ensureKind(kind);
    // Policy `short`: at most one waiting job for a key.
    await answered(this.boss.send(kind, { reference }, { singletonKey: reference }));
    const worker = this.workers.get(kind);
    if (worker) this.boss.notifyWorker(worker);
  }

  async consume(kind: string, handler: JobHandler): Promise<void> {
    if (this.workers.has(kind)) throw new Error(`jobs of kind ${kind} are consumed already`);
    await this.ensureKind(kind);
    const worker = await this.boss.work<{ reference: string }>(
      kind, { batchSize: 1, pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
        for (const { data } of jobs) await handler(data.reference, this.closing.signal);
      });
    this.workers.set(kind, worker);
  }

  async repeat(kind: string, everyMinutes: number): Promise<void> {
    await this.ensureKind(kind);
    await answered(this.boss.schedule(kind, everyMinutesByCron(everyMinutes), { reference: kind },
      { singletonKey: kind }));
  }

  async ping(): Promise<void> {
    await answered(this.boss.getQueues());
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.boss.stop({ graceful: true, timeout: CLOSE_TIMEOUT_MS });
  }

  private async ensureKind(kind: string): Promise<void> {
    if (!JOB_KIND_PATTERN.test(kind)) throw new Error(`not a kind of job: ${kind}`);
    if (this.kinds.has(kind)) return;
    await answered(this.boss.createQueue(kind, {
      name: kind, policy: 'short', expireInHours: EXPIRE_HOURS, retryLimit: RETRY_LIMIT, retryDelay: 1,
    }));
    this.kinds.add(kind);
  }
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch {
    throw new Refusal(503, 'QUEUE_UNAVAILABLE', 'the job queue does not answer', 'try again');
  }
}
