import { CONTENT_HEADER, type ExtractManifest } from '#libs/record';
import { refusalsOfContentFields, type RecordIdTable } from '../extract-folder/index.js';
import { CopyRows } from '../platform/database/copy-rows.js';
import type { CodeLists } from './code-lists.js';
import { RowFindings } from './row-findings.js';
import { textLines } from './text-lines.js';

/** Turns `content.csv` into rows of the database. Its rows stand in the order of the encodings. */
export class ContentPart {
  readonly findings = new RowFindings();
  rows = 0;

  /** @param ids record id -> row of the encodings, from 1. */
  constructor(
    private readonly extract: string, private readonly manifest: ExtractManifest,
    private readonly ids: RecordIdTable, private readonly codes: CodeLists,
  ) {}

  /** Rows of `content.record (extract, row_no, sex, birth_month, citizenship, country_of_birth)`. */
  async* copyRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const copy = new CopyRows();
    let header = true;
    for await (const lines of textLines(bytes)) {
      for (const line of lines) {
        if (header) this.checkHeader(line);
        else this.take(line.split(','), copy);
        header = false;
      }
      yield copy.take();
    }
    const expected = this.manifest.records;
    if (this.rows !== expected) {
      this.findings.add(this.rows + 1, '', `expected ${expected} rows after the header, got ${this.rows}`);
    }
  }

  /** An unmapped code is refused: to count it as unknown would hide that the mapping is incomplete. */
  private hasUnknownCode(row: number, citizenship: string, countryOfBirth: string): boolean {
    const reasons = {
      citizenship: this.codes.refusalOfCitizenship(citizenship),
      country_of_birth: this.codes.refusalOfCountry(countryOfBirth),
    };
    const refused = Object.entries(reasons).filter(([, reason]) => reason !== undefined);
    for (const [field, reason] of refused) this.findings.add(row, field, reason ?? '');
    return refused.length > 0;
  }

  private checkHeader(line: string): void {
    if (line === CONTENT_HEADER.join(',')) return;
    this.findings.add(0, '', `expected the header ${CONTENT_HEADER.join(',')}`);
  }

  private take(fields: string[], copy: CopyRows): void {
    const row = ++this.rows;
    const refusals = refusalsOfContentFields(fields);
    for (const { field, reason } of refusals) this.findings.add(row, field, reason);
    if (refusals.length > 0) return;
    const [recordId, sex, birthMonth, citizenship, countryOfBirth] = fields;
    if (this.ids.rowOf(Buffer.from(recordId, 'hex')) !== row) {
      this.findings.add(row, 'record_id', 'expected the record id of the same row of the encodings');
      return;
    }
    // YYYY and YYYY-MM compare with a date as texts do.
    if (birthMonth > this.manifest.referenceDate) {
      this.findings.add(row, 'birth_month', 'expected no month after the reference date');
      return;
    }
    if (this.hasUnknownCode(row, citizenship, countryOfBirth)) return;
    copy.beginRow(6);
    copy.uuid(this.extract);
    copy.integer(row - 1);
    for (const value of [sex, birthMonth, citizenship, countryOfBirth]) copy.text(value);
  }
}
