import { RowBlockRisk } from '#libs/encode';
import { encodingRowBytes, type ExtractManifest } from '#libs/record';
import { RecordRows } from './record-rows.js';
import { RowFindings } from './row-findings.js';
import { wholeRows } from './whole-rows.js';

/** Reads rows of encodings as they were stored: repeated record ids, and what the filters give away. */
export class EncodingsCheck {
  readonly findings = new RowFindings();
  readonly rows: RecordRows;
  readonly risk: RowBlockRisk;
  private readonly rowBytes: number;
  private count = 0;

  constructor(manifest: ExtractManifest) {
    this.rowBytes = encodingRowBytes(manifest.segments);
    this.rows = new RecordRows(manifest.records);
    this.risk = new RowBlockRisk(manifest.segments, manifest.records);
  }

  async read(bytes: AsyncIterable<Buffer>): Promise<void> {
    for await (const rows of wholeRows(bytes, this.rowBytes)) {
      for (let at = 0; at < rows.length; at += this.rowBytes) this.take(rows, at);
      this.risk.add(rows);
    }
  }

  private take(rows: Buffer, at: number): void {
    this.count++;
    const first = this.rows.add(rows, at);
    if (first === 0) return;
    this.findings.add(this.count, 'record_id', `expected each record once; row ${first} has the same record id`);
  }
}
