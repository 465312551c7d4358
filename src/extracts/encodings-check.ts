import { encodingRowBytes, type ExtractManifest } from '#libs/record';
import { RecordRows } from './record-rows.js';
import { RowFindings } from './row-findings.js';
import { wholeRows } from './whole-rows.js';

/** Reads the rows of `encodings.bin` as they were stored, and finds repeated record ids. */
export class EncodingsCheck {
  readonly findings = new RowFindings();
  readonly rows: RecordRows;
  private readonly rowBytes: number;
  private count = 0;

  constructor(manifest: ExtractManifest) {
    this.rowBytes = encodingRowBytes(manifest.segments);
    this.rows = new RecordRows(manifest.records);
  }

  async read(bytes: AsyncIterable<Buffer>): Promise<void> {
    for await (const rows of wholeRows(bytes, this.rowBytes)) {
      for (let at = 0; at < rows.length; at += this.rowBytes) this.take(rows, at);
    }
  }

  private take(rows: Buffer, at: number): void {
    this.count++;
    const first = this.rows.add(rows, at);
    if (first === 0) return;
    this.findings.add(this.count, 'record_id', `expected each record once; row ${first} has the same record id`);
  }
}
