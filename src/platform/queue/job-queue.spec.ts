import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../../../test/support/redis.js';
import { addressOf } from '../database/data-sources.js';
import { migrate } from '../database/migrate.js';
import { removeHome, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import type { JobQueue } from './job-queue.js';
import { PostgresJobQueue } from './postgres-job-queue.js';
import { RedisJobQueue } from './redis-job-queue.js';

/** What a queue runs on, for the time of the test. */
interface Ground {
  open(): Promise<JobQueue>;
  /** Arguments for the worker that is a process of its own. */
  readonly workerArguments: string[];
  stop(): Promise<void>;
}

async function onPostgres(): Promise<Ground> {
  const home = mkdtempSync(join(tmpdir(), 'vinculum-queue-'));
  const postgres = await startEmbeddedPostgres(home);
  const access = { owner: postgres.owner, masterKey: new Uint8Array(32) };
  await migrate(access);
  const address = addressOf('queue', access);
  return {
    open: () => PostgresJobQueue.open(address),
    workerArguments: ['postgres', JSON.stringify(address)],
    stop: async () => {
      await postgres.stop();
      removeHome(home);
    },
  };
}

async function onRedis(): Promise<Ground> {
  const redis = await RedisServer.start();
  return {
    open: () => Promise.resolve(new RedisJobQueue(redis.url, 1_000)),
    workerArguments: ['redis', JSON.stringify(redis.url)],
    stop: () => redis.stop(),
  };
}

describe.each([['PostgreSQL', onPostgres], ['Redis', onRedis]])('the job queue on %s', (_, build) => {
  let ground: Ground;
  const opened: JobQueue[] = [];
  let kinds = 0;
  let kind: string;
  beforeAll(async () => { ground = await build(); });
  beforeEach(() => { kind = `kind-${kinds++}`; });
  afterEach(async () => { await Promise.all(opened.splice(0).map((queue) => queue.close())); });
  afterAll(() => ground.stop());

  async function open(): Promise<JobQueue> {
    const queue = await ground.open();
    opened.push(queue);
    return queue;
  }
  async function until(holds: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 20_000; !holds();) {
      if (Date.now() > deadline) throw new Error('waited 20 s in vain');
      await new Promise((done) => setTimeout(done, 10));
    }
  }
  const settle = (milliseconds = 1_200): Promise<void> =>
    new Promise((done) => setTimeout(done, milliseconds));

  it('does each job once, one at a time, whoever consumes', async () => {
    const queue = await open();
    const done: string[] = [];
    let running = 0;
    let most = 0;
    await queue.consume(kind, async (reference) => {
      most = Math.max(most, ++running);
      await new Promise((next) => setTimeout(next, 5));
      done.push(reference);
      running--;
    });
    const producer = await open();
    const references = ['a', 'b', 'c', 'd'];
    for (const reference of references) await producer.enqueue(kind, reference);
    await until(() => done.length >= references.length);
    await settle();
    expect([...done].sort()).toEqual(references);
    expect(most).toBe(1);
  });

  it('keeps a job until somebody consumes its kind, and one job for what is enqueued twice', async () => {
    const producer = await open();
    for (const reference of ['a', 'a', 'b', 'a']) await producer.enqueue(kind, reference);
    const done: string[] = [];
    const other: string[] = [];
    const worker = await open();
    await worker.consume(`${kind}-other`, (reference) => { other.push(reference); return Promise.resolve(); });
    await worker.consume(kind, (reference) => { done.push(reference); return Promise.resolve(); });
    await until(() => done.length >= 2);
    await settle();
    expect([...done].sort()).toEqual(['a', 'b']);
    expect(other).toEqual([]);
  });

  it('repeats a kind by the clock, once however many ask', async () => {
    const [queue, second] = [await open(), await open()];
    let done = 0;
    for (const one of [queue, second]) {
      await one.consume(kind, () => { done++; return Promise.resolve(); });
      await one.repeat(kind, 1);
    }
    const deadline = Date.now() + 100_000;
    while (done === 0 && Date.now() < deadline) await settle(500);
    await settle(2_000);
    expect(done).toBe(1);
  }, 120_000);

  it('takes a reference again once it is done', async () => {
    const queue = await open();
    const done: string[] = [];
    await queue.consume(kind, (reference) => { done.push(reference); return Promise.resolve(); });
    await queue.enqueue(kind, 'a');
    await until(() => done.length === 1);
    await settle(300);
    await queue.enqueue(kind, 'a');
    await until(() => done.length === 2);
  });

  it('brings a job back whose handler threw', async () => {
    const queue = await open();
    let attempts = 0;
    await queue.consume(kind, () => {
      attempts++;
      return attempts < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await queue.enqueue(kind, 'a');
    await until(() => attempts === 3);
    await settle();
    expect(attempts).toBe(3);
  });

  it('aborts the handler when it closes, and gives the job to another', async () => {
    const first = await ground.open();
    let began = false;
    await first.consume(kind, (_reference, signal) => {
      began = true;
      return new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
    });
    await first.enqueue(kind, 'a');
    await until(() => began);
    await first.close();
    const done: string[] = [];
    const second = await open();
    await second.consume(kind, (reference) => { done.push(reference); return Promise.resolve(); });
    await until(() => done.length === 1);
  });

  it('gives the job of a worker that was killed to another, once it is enqueued again', async () => {
    const doomed = spawn(process.execPath, [
      join(process.cwd(), 'test', 'support', 'queue-worker.cjs'), ...ground.workerArguments, kind,
    ], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    doomed.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
    await until(() => output.includes('ready'));
    const queue = await open();
    await queue.enqueue(kind, 'a');
    await until(() => output.includes('took a'));
    const ended = new Promise((done) => doomed.once('exit', done));
    doomed.kill('SIGKILL');
    await ended;
    const done: string[] = [];
    await queue.consume(kind, (reference) => { done.push(reference); return Promise.resolve(); });
    await queue.enqueue(kind, 'a');
    await until(() => done.length >= 1);
    expect(done).toEqual(['a']);
  });

  it('refuses a kind with a strange name', async () => {
    const queue = await open();
    await expect(Promise.resolve().then(() => queue.enqueue('Kind; DROP', 'a'))).rejects.toThrow(/not a kind/);
  });

  it('answers when it is there; says within seconds when it is not, and still closes', async () => {
    const queue = await ground.open();
    await queue.ping();
    await queue.enqueue(kind, 'a');
    await ground.stop();
    const started = Date.now();
    await expect(queue.enqueue(kind, 'b')).rejects.toMatchObject({ status: 503, code: 'QUEUE_UNAVAILABLE' });
    await expect(queue.ping()).rejects.toMatchObject({ status: 503, code: 'QUEUE_UNAVAILABLE' });
    expect(Date.now() - started).toBeLessThan(10_000);
    await queue.close();
    ground = await build();
  });
});
