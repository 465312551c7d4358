import Bull from 'bull';
import { Refusal } from '../problem/refusal.js';
import { everyMinutesByCron, JOB_KIND_PATTERN, type JobHandler, type JobQueue } from './job-queue.js';

const ANSWER_TIMEOUT_MS = 3_000;
const ATTEMPTS = 1_000;
const LOCK_MS = 10_000;
const CLOSE_TIMEOUT_MS = 30_000;

/** Bull on Redis: any worker on any machine takes a job; a killed worker's job is done by another. */
export class RedisJobQueue implements JobQueue {
  private readonly closing = new AbortController();
  private readonly queues = new Map<string, Bull.Queue>();
  private readonly consumed = new Set<string>();

  /** @param lockMilliseconds after this a job of a worker that was killed is given to another. */
  constructor(private readonly redisUrl: string, private readonly lockMilliseconds = LOCK_MS) {}

  async enqueue(kind: string, reference: string): Promise<void> {
    const queue = this.queueOf(kind);
    // While Redis is away, the client keeps the command and the call would hang: the caller is told. Should
    // the command arrive after all, the job is done, which the caller wanted.
    await answered(queue.isReady().then(() => queue.add({}, {
      jobId: reference, attempts: ATTEMPTS, backoff: 1_000, removeOnComplete: true, removeOnFail: true,
    })));
  }

  async consume(kind: string, handler: JobHandler): Promise<void> {
    if (this.consumed.has(kind)) throw new Error(`jobs of kind ${kind} are consumed already`);
    this.consumed.add(kind);
    const queue = this.queueOf(kind);
    await answered(queue.isReady());
    queue.process(1, (job) => handler(String(job.id), this.closing.signal)).catch(() => undefined);
  }

  async repeat(kind: string, everyMinutes: number): Promise<void> {
    const queue = this.queueOf(kind);
    await answered(queue.isReady().then(() => queue.add({}, {
      repeat: { cron: everyMinutesByCron(everyMinutes) }, removeOnComplete: true, removeOnFail: true,
    })));
  }

  async ping(): Promise<void> {
    const queue = this.queueOf('ping');
    await answered(queue.isReady().then(() => queue.client.ping()));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.queues.values()].map(async (queue) => {
      // Bull waits for an answer of Redis; one that is away must not keep the process from ending.
      await answered(queue.close(), CLOSE_TIMEOUT_MS).catch(() => undefined);
    }));
  }

  private queueOf(kind: string): Bull.Queue {
    if (!JOB_KIND_PATTERN.test(kind)) throw new Error(`not a kind of job: ${kind}`);
    let queue = this.queues.get(kind);
    if (!queue) {
      queue = new Bull(kind, this.redisUrl, {
        prefix: 'vinculum',
        settings: {
          lockDuration: this.lockMilliseconds, stalledInterval: Math.ceil(this.lockMilliseconds / 5),
          maxStalledCount: ATTEMPTS,
        },
      });
      queue.on('error', () => undefined); // Redis is away; the calls themselves report it.
      this.queues.set(kind, queue);
    }
    return queue;
  }
}

async function answered<T>(answer: Promise<T>, timeoutMs = ANSWER_TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('timeout')), timeoutMs);
  });
  answer.catch(() => undefined); // It may fail after the timeout has spoken.
  try {
    return await Promise.race([answer, timeout]);
  } catch {
    throw new Refusal(503, 'QUEUE_UNAVAILABLE', 'the job queue does not answer', 'try again');
  } finally {
    clearTimeout(timer);
  }
}
