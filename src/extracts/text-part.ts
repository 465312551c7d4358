import { CopyRows } from '../platform/database/copy-rows.js';
import { RowFindings } from './row-findings.js';
import { textLines } from './text-lines.js';

/** A part that is text: a header, then one row a line. Turns it into rows of the database and findings. */
export abstract class TextPart {
  readonly findings = new RowFindings();
  rows = 0;

  protected constructor(private readonly header: readonly string[], private readonly expectedRows: number) {}

  /** Rows in the binary format of COPY, a buffer for each piece that arrives. */
  async* copyRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const copy = new CopyRows();
    let header = true;
    for await (const lines of textLines(bytes)) {
      for (const line of lines) {
        if (header) this.checkHeader(line);
        else this.take(++this.rows, line.split(','), copy);
        header = false;
      }
      yield copy.take();
    }
    if (this.rows !== this.expectedRows) {
      this.findings.add(this.rows + 1, '', `expected ${this.expectedRows} rows after the header, got ${this.rows}`);
    }
  }

  /** Checks a row (numbered from 1) and adds it to `copy`, or its faults to the findings. */
  protected abstract take(row: number, fields: string[], copy: CopyRows): void;

  private checkHeader(line: string): void {
    const expected = this.header.join(',');
    if (line !== expected) this.findings.add(0, '', `expected the header ${expected}`);
  }
}
