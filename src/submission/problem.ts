import type { RowError } from '#libs/record';

/** What the service's problem documents (RFC 9457) say to a program. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy?: string;
  readonly rows?: readonly RowError[];
}

/** The service refused, or did not answer (`status` 0). */
export class ServiceRefusal extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}${problem.remedy ? `; ${problem.remedy}` : ''}`);
    this.name = 'ServiceRefusal';
  }

  /** Whether the same request may succeed later. */
  get mayPass(): boolean {
    const { status, code } = this.problem;
    return status === 0 || status >= 500 || PASSING.includes(code);
  }
}

/** Somebody else is at it: the offset tells, or the end of the other's work. */
const PASSING: readonly string[] = ['EXTRACT_BUSY', 'UPLOAD_OFFSET'];

/** @param body of an answer that is no success; whatever stands between may have written it. */
export function problemOf(status: number, body: unknown): Problem {
  const { code, detail, remedy, rows } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  return {
    status, code: code ?? `HTTP_${status}`, detail: detail ?? `the service answered ${status}`,
    ...(remedy ? { remedy } : {}), ...(rows ? { rows } : {}),
  };
}

/** @param text the body, JSON or not. */
export function problemOfText(status: number, text: string): Problem {
  try {
    return problemOf(status, JSON.parse(text));
  } catch {
    return problemOf(status, undefined);
  }
}

export function noAnswer(why: string): ServiceRefusal {
  return new ServiceRefusal({ status: 0, code: 'SERVICE_UNREACHABLE', detail: `the service does not answer (${why})` });
}
