import { EVENTS_HEADER, type EventKind, type ExtractManifest } from '#libs/record';
import { refusalsOfEventFields } from '../extract-folder/index.js';
import type { CopyRows } from '../platform/database/copy-rows.js';
import type { CodeLists } from './code-lists.js';
import type { RecordRows } from './record-rows.js';
import { TextPart } from './text-part.js';

/** The end of a validity is known in advance; everything else has happened or has not. */
const MAY_LIE_AHEAD: readonly EventKind[] = ['permit-until'];

/** `events.csv` into rows of `CONTENT_COLUMNS.events`. */
export class EventsPart extends TextPart {
  /** @param ids record id -> row of the encodings, from 1. */
  constructor(
    private readonly manifest: ExtractManifest, private readonly ids: RecordRows,
    private readonly codes: CodeLists,
  ) {
    super(EVENTS_HEADER, manifest.parts.events?.rows ?? 0);
  }

  protected take(row: number, fields: string[], copy: CopyRows): void {
    const refusals = refusalsOfEventFields(fields);
    for (const { field, reason } of refusals) this.findings.add(row, field, reason);
    if (refusals.length > 0) return;
    const [recordId, kind, date, country] = fields;
    const recordRow = this.ids.rowOf(Buffer.from(recordId, 'hex'));
    if (recordRow === 0) {
      this.findings.add(row, 'record_id', 'expected the record id of a record of this extract');
      return;
    }
    if (date > this.manifest.referenceDate && !MAY_LIE_AHEAD.includes(kind as EventKind)) {
      this.findings.add(row, 'date', 'expected no event after the reference date');
      return;
    }
    const refusal = this.codes.refusalOfCountry(country);
    if (refusal !== undefined) {
      this.findings.add(row, 'country', refusal);
      return;
    }
    copy.beginRow(4);
    copy.integer(recordRow - 1);
    copy.text(kind);
    copy.date(date);
    copy.text(country);
  }
}
