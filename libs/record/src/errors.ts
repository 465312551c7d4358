/**
 * An expected refusal: a stable `code`, what was expected, what came and what to do.
 * The text never holds record content, keys or encodings; `row` is 1-based within the part.
 */
export class VinculumError extends Error {
  readonly code: string;
  readonly rows: readonly RowError[];

  constructor(code: string, message: string, rows: readonly RowError[] = []) {
    super(message);
    this.name = 'VinculumError';
    this.code = code;
    this.rows = rows;
  }
}

/** Why a row was refused. `row` counts data rows from 1; the header is row 0. */
export interface RowError {
  readonly row: number;
  readonly field?: string;
  readonly reason: string;
}

/** At most this many row errors are listed in a refusal; the total is always stated. */
export const MAX_ROW_ERRORS = 100;
