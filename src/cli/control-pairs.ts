import { MAX_ROW_ERRORS, VinculumError, type RowError } from '#libs/record';
import type { ControlPair, RecordPlace } from '#libs/quality';
import { readCsv } from './csv-rows.js';
import { usage } from './usage.js';

/** The records of a run by register and id. */
export interface NamedRecords {
  readonly registerIds: readonly string[];
  /** Of each register, in the order of its rows. */
  readonly recordIds: readonly (readonly string[])[];
}

/** Finds records by register and id; its index is made when the first is looked for. */
export class RecordFinder {
  private rows: readonly ReadonlyMap<string, number>[] | undefined;

  constructor(private readonly named: NamedRecords) {}

  get registerIds(): readonly string[] {
    return this.named.registerIds;
  }

  find(registerId: string, recordId: string): RecordPlace | undefined {
    const extract = this.named.registerIds.indexOf(registerId);
    this.rows ??= this.named.recordIds.map((ids) => new Map(ids.map((id, row) => [id, row])));
    const row = this.rows.at(extract)?.get(recordId);
    return extract < 0 || row === undefined ? undefined : { extract, row };
  }
}

/**
 * Reads a pair named `register/record id,register/record id`. Record ids may hold commas: the second record
 * begins where a register's name does.
 *
 * @throws VinculumError BAD_USAGE.
 */
export function readPair(text: string, finder: RecordFinder): { a: RecordPlace; b: RecordPlace } {
  const find = (name: string): RecordPlace | undefined => {
    const slash = name.indexOf('/');
    return finder.find(name.slice(0, slash), name.slice(slash + 1));
  };
  for (let comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', comma + 1)) {
    const [a, b] = [find(text.slice(0, comma)), find(text.slice(comma + 1))];
    if (a && b) return { a, b };
  }
  throw usage('--explain: expected register/id,register/id of two records of the inputs; '
    + `the registers are ${finder.registerIds.join(', ')}`);
}

/**
 * Reads controls from a CSV of five columns after a header: register, record id, register, record id, and
 * `yes` (known to be one person) or `no` (known to be two).
 *
 * @throws VinculumError CONTROLS_INVALID with the rows and what is wrong with them, CSV_UNREADABLE.
 */
export async function readControls(path: string, finder: RecordFinder): Promise<ControlPair[]> {
  const controls: ControlPair[] = [];
  const refusals: RowError[] = [];
  let row = -1;
  for await (const fields of readCsv(path, { trim: true })) {
    if (++row === 0) continue;
    const [a, b] = [finder.find(fields[0], fields[1]), finder.find(fields[2], fields[3])];
    const answer = fields[4];
    if (fields.length !== 5) refusals.push({ row, reason: `expected 5 fields, got ${fields.length}` });
    else if (!a || !b) refusals.push({ row, reason: `no such record (${a ? 'second' : 'first'})` });
    else if (answer !== 'yes' && answer !== 'no') refusals.push({ row, reason: 'expected yes or no' });
    else controls.push({ a, b, isMatch: answer === 'yes' });
  }
  if (refusals.length === 0) return controls;
  throw new VinculumError('CONTROLS_INVALID', `${refusals.length} controls are refused: mend these rows`,
    refusals.slice(0, MAX_ROW_ERRORS));
}
