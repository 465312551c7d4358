/**
 * Work of one kind. `reference` is the id of a row in PostgreSQL, where all truth about the job is: its
 * state, progress and result. `signal` aborts when this process closes its queue.
 *
 * Idempotent: a job may come twice (a worker died, an answer got lost), and one whose row says that it is
 * done returns at once. A handler records its own failure in the row; what it throws (the database went
 * away, the queue is closing) brings the job back later.
 */
export type JobHandler = (reference: string, signal: AbortSignal) => Promise<void>;

/** What the service needs of a queue. Two adapters: on PostgreSQL (embedded), on Redis (cluster). */
export interface JobQueue {
  /**
   * Has the job done once, soon, by some process that consumes its kind. To enqueue what already waits
   * changes nothing. Call it after the transaction that made the row has been committed; at start, enqueue
   * again what the rows say is unfinished (the process may have died in between).
   *
   * @throws Refusal 503 `QUEUE_UNAVAILABLE` within a few seconds when the queue cannot be reached.
   */
  enqueue(kind: string, reference: string): Promise<void>;
  /** Starts to take jobs of a kind, one at a time in this process. Once a kind. */
  consume(kind: string, handler: JobHandler): Promise<void>;
  /**
   * Has a job of the kind done every so many minutes (1 to 59, by the clock) as long as this is asked at each
   * start, once however many processes ask. Its reference means nothing.
   */
  repeat(kind: string, everyMinutes: number): Promise<void>;
  /** Resolves when the queue can be reached. */
  ping(): Promise<void>;
  /** Aborts the running handlers, waits for them, and lets go of the connection. */
  close(): Promise<void>;
}

/** Injection token of the port. */
export const JOB_QUEUE = Symbol('JobQueue');

/** Name of a kind: `[a-z][a-z0-9-]*`. */
export const JOB_KIND_PATTERN = /^[a-z][a-z0-9-]{0,39}$/;

export function everyMinutesByCron(minutes: number): string {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 59) throw new RangeError('expected 1 to 59 minutes');
  return `*/${minutes} * * * *`;
}
