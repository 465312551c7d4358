import { CONTENT_HEADER, type ExtractManifest } from '#libs/record';
import { refusalsOfContentFields } from '../extract-folder/index.js';
import type { CopyRows } from '../platform/database/copy-rows.js';
import type { CodeLists } from './code-lists.js';
import { variablesOf } from './project-fit.js';
import type { RecordRows } from './record-rows.js';
import { TextPart } from './text-part.js';

/** `content.csv` into rows of `CONTENT_COLUMNS.content`. They stand in the order of the encodings. */
export class ContentPart extends TextPart {
  private readonly undeclared: readonly {
    readonly name: string; readonly place: number; readonly empty: string;
  }[];

  /** @param ids record id -> row of the encodings, from 1. */
  constructor(
    private readonly manifest: ExtractManifest, private readonly ids: RecordRows,
    private readonly codes: CodeLists,
  ) {
    super(CONTENT_HEADER, manifest.records);
    const declared = variablesOf(manifest).map(({ name }) => name);
    this.undeclared = CONTENT_HEADER.flatMap((name, place) =>
      (place === 0 || declared.includes(name) ? [] : [{ name, place, empty: name === 'sex' ? '_U' : '' }]));
  }

  /** A variable that is not delivered has one value, which says nothing. */
  private hasUndeclared(row: number, fields: readonly string[]): boolean {
    const found = this.undeclared.filter(({ place, empty }) => fields[place] !== empty);
    for (const { name, empty } of found) {
      this.findings.add(row, name, `expected ${empty === '' ? 'nothing' : empty}: the manifest does not declare this variable`);
    }
    return found.length > 0;
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

  protected take(row: number, fields: string[], copy: CopyRows): void {
    const refusals = refusalsOfContentFields(fields);
    for (const { field, reason } of refusals) this.findings.add(row, field, reason);
    if (refusals.length > 0) return;
    if (this.hasUndeclared(row, fields)) return;
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
    copy.beginRow(5);
    copy.integer(row - 1);
    for (const value of [sex, birthMonth, citizenship, countryOfBirth]) copy.text(value);
  }
}
