import { MAX_ROW_ERRORS, VinculumError, type RowError } from '#libs/record';

/** Collects refusals of rows: lists the first `MAX_ROW_ERRORS` and counts all. */
export class RowErrorList {
  readonly listed: RowError[] = [];
  count = 0;

  add(row: number, field: string, reason: string): void {
    this.count++;
    if (this.listed.length < MAX_ROW_ERRORS) this.listed.push({ row, field, reason });
  }

  /** @throws VinculumError with the listed rows when there is any. */
  throwIfAny(code: string, file: string): void {
    if (this.count === 0) return;
    const more = this.count > this.listed.length ? `; the first ${this.listed.length} are listed` : '';
    throw new VinculumError(code, `${file}: ${this.count} refused${more}; nothing was written`, this.listed);
  }
}
