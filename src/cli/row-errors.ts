import { MAX_ROW_ERRORS, VinculumError, type RowError } from '#libs/record';

/**
 * Collects refusals of rows, in any order: keeps those of the first rows, `MAX_ROW_ERRORS`, and counts all.
 */
export class RowErrorList {
  private kept: RowError[] = [];
  count = 0;

  add(row: number, field: string, reason: string): void {
    this.addKept({ row, field, reason });
    this.count++;
  }

  /** Takes over refusals that were collected elsewhere: all are counted, some are listed. */
  addListed(listed: readonly RowError[], count: number): void {
    for (const refusal of listed) this.addKept(refusal);
    this.count += count;
  }

  /** The first refusals by row; those of one row in the order in which they were added. */
  get listed(): readonly RowError[] {
    this.kept.sort((a, b) => a.row - b.row).splice(MAX_ROW_ERRORS);
    return this.kept;
  }

  /** @throws VinculumError with the listed rows when there is any. */
  throwIfAny(code: string, file: string): void {
    if (this.count === 0) return;
    const { count, listed } = this;
    const more = count > listed.length ? `; the first ${listed.length} are listed` : '';
    throw new VinculumError(code, `${file}: ${count} refused${more}; nothing was written`, listed);
  }

  private addKept(refusal: RowError): void {
    this.kept.push(refusal);
    if (this.kept.length >= 2 * MAX_ROW_ERRORS) void this.listed;
  }
}
