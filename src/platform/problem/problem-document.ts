import { HttpException } from '@nestjs/common';
import { MAX_ROW_ERRORS, VinculumError, type RowError } from '#libs/record';
import { Refusal } from './refusal.js';

/** RFC 9457 problem document. `code` is stable; `remedy` says what to do; `rows` why rows were refused. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy?: string;
  readonly rows?: readonly RowError[];
  readonly rowErrors?: number;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The document for anything thrown. What we did not expect is a bug: its text stays inside. */
export function problemDocument(thrown: unknown): ProblemDocument {
  if (thrown instanceof Refusal) {
    const remedy = thrown.remedy ? { remedy: thrown.remedy } : {};
    return document(thrown.status, thrown.code, thrown.message, remedy);
  }
  if (thrown instanceof VinculumError) {
    const rows = thrown.rows.length === 0 ? {}
      : { rows: thrown.rows.slice(0, MAX_ROW_ERRORS), rowErrors: thrown.rows.length };
    return document(422, thrown.code, thrown.message, rows);
  }
  if (thrown instanceof HttpException) {
    return document(thrown.getStatus(), httpCode(thrown.getStatus()), thrown.message);
  }
  if (isHttpError(thrown)) return document(thrown.status, httpCode(thrown.status), 'the request cannot be read');
  return document(500, 'INTERNAL_ERROR', 'the service failed; nothing was changed', {
    remedy: 'try again; if it stays, give the operator the time of the request',
  });
}

/** The body parsers throw errors with a status of their own (400, 413, 415). */
function isHttpError(thrown: unknown): thrown is { status: number } {
  const status = (thrown as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}

function httpCode(status: number): string {
  const codes: Readonly<Record<number, string>> = {
    400: 'REQUEST_UNREADABLE', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 413: 'TOO_LARGE',
    415: 'MEDIA_TYPE_UNKNOWN', 503: 'UNAVAILABLE',
  };
  return codes[status] ?? `HTTP_${status}`;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request', 401: 'Not signed in', 403: 'Not permitted', 404: 'Not found', 409: 'Conflict',
  410: 'Gone', 412: 'Precondition failed', 413: 'Too large', 415: 'Media type unknown', 422: 'Refused',
  500: 'Internal error', 503: 'Unavailable',
};

function document(
  status: number, code: string, detail: string, more: Partial<ProblemDocument> = {},
): ProblemDocument {
  const title = TITLES[status] ?? `HTTP ${status}`;
  return { type: `urn:vinculum:problem:${code}`, title, status, code, detail, ...more };
}
