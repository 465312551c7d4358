import { MAX_ROW_ERRORS, VinculumError, type RowError } from '#libs/record';

/** What was found, for another thread. */
export interface RowFaults {
  readonly listed: readonly RowError[];
  readonly count: number;
}

/** Faults of rows: all are counted, the first are listed. A reason never repeats a value. */
export class RowFindings {
  private readonly listed: RowError[];
  private count: number;

  /** @param found what another one has found already. */
  constructor(found: RowFaults = { listed: [], count: 0 }) {
    this.listed = [...found.listed];
    this.count = found.count;
  }

  faults(): RowFaults {
    return { listed: this.listed, count: this.count };
  }

  /** `row` counts from 1. */
  add(row: number, field: string, reason: string): void {
    this.count++;
    if (this.listed.length < MAX_ROW_ERRORS) this.listed.push({ row, ...(field ? { field } : {}), reason });
  }

  get none(): boolean {
    return this.count === 0;
  }

  /** @throws VinculumError `EXTRACT_ROWS_REFUSED` where there was a fault. */
  assertNone(part: string): void {
    if (this.count === 0) return;
    throw new VinculumError('EXTRACT_ROWS_REFUSED',
      `${part}: ${this.count} faults in its rows; correct them at the source and submit a new extract`, this.listed);
  }
}
