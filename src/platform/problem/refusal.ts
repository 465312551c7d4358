/**
 * An expected refusal of a request: HTTP status, stable code, what was expected and what came, what to do.
 * The text never holds record content, keys or tokens. Statuses 401, 403 and 409 go into the audit log.
 */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 503,
    readonly code: string,
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** What is not there and what you may not see look the same. */
export function notFound(kind: string): Refusal {
  return new Refusal(404, 'NOT_FOUND', `no ${kind} of this id is visible to you`);
}
