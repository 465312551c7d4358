import { createHash } from 'node:crypto';
import { CLK_SEGMENT, type ClkBinaryReader, type ClkJsonReader, type ClkRow } from '#libs/encode';
import { RECORD_ID_BYTES, encodingRowBytes, type ExtractManifest, type ExtractPart } from '#libs/record';
import { RowFindings } from './row-findings.js';
import { textLines } from './text-lines.js';

/** Bytes of the file that are read at once: of filters of one byte, as many rows. */
const BYTES_AT_ONCE = 1 << 16;
const RECORD_ID = /^[0-9a-f]{32}$/;

/** Filters without ids, and the ids of the content in the same order, into rows of id and filter. */
export class PackedFilters {
  readonly findings = new RowFindings();
  private readonly records: number;
  private readonly rowBytes: number;
  private readonly hash = createHash('sha256');
  private count = 0;

  constructor(
    { records, segments }: Pick<ExtractManifest, 'records' | 'segments'>,
    private readonly reader: ClkJsonReader | ClkBinaryReader,
  ) {
    this.records = records;
    this.rowBytes = encodingRowBytes(segments);
  }

  /**
   * The rows, some at a time; where any was refused, the rest is only looked at.
   *
   * @param content of `content.csv`; of its rows only the ids are read, as far as there are filters.
   * @throws VinculumError `CLKS_INVALID`.
   */
  async* rows(filters: AsyncIterable<Buffer>, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const ids = new RecordIds(content);
    for await (const piece of filters) {
      for (let at = 0; at < piece.length; at += BYTES_AT_ONCE) {
        const rows = await this.taken(this.reader.push(piece.subarray(at, at + BYTES_AT_ONCE)), ids);
        if (rows.length === 0 || !this.findings.none) continue;
        this.hash.update(rows);
        yield rows;
      }
    }
    this.reader.finish();
    if (this.count !== this.records) {
      this.findings.add(this.count + 1, CLK_SEGMENT, `expected ${this.records} filters, got ${this.count}`);
    }
  }

  /** What came out, after the last row. */
  part(): ExtractPart {
    return { rows: this.count, bytes: this.count * this.rowBytes, sha256: this.hash.copy().digest('hex') };
  }

  private async taken(clks: readonly ClkRow[], ids: RecordIds): Promise<Buffer> {
    const rows = Buffer.alloc(clks.length * this.rowBytes);
    let at = 0;
    for (const clk of clks) {
      const row = ++this.count;
      if (row > this.records) continue;
      const id = ids.next() ?? (await ids.more() ? ids.next() : undefined);
      const refusal = 'reason' in clk ? { field: CLK_SEGMENT, reason: clk.reason } : refusalOfId(id);
      if (refusal !== undefined) this.findings.add(row, refusal.field, refusal.reason);
      if (refusal !== undefined || id === undefined || 'reason' in clk) continue;
      rows.write(id, at, 'hex');
      rows.set(clk.filter, at + RECORD_ID_BYTES);
      at += this.rowBytes;
    }
    return rows.subarray(0, at);
  }
}

function refusalOfId(id: string | undefined): { field: string; reason: string } | undefined {
  if (id === undefined) return { field: 'record_id', reason: 'expected a row of the content for each filter' };
  if (!RECORD_ID.test(id)) return { field: 'record_id', reason: 'expected 32 lower-case hex digits in the content' };
  return undefined;
}

/** First fields of the rows of a CSV, one by one; nothing is waited for while some are at hand. */
class RecordIds {
  private readonly lines: AsyncGenerator<string[]>;
  private waiting: string[] = [];
  private at = 0;
  private header = true;

  constructor(content: AsyncIterable<Buffer>) {
    this.lines = textLines(content);
  }

  /** Undefined where `more` has to be asked first. */
  next(): string | undefined {
    if (this.at === this.waiting.length) return undefined;
    const line = this.waiting[this.at++];
    const comma = line.indexOf(',');
    return comma < 0 ? line : line.slice(0, comma);
  }

  /** False at the end. */
  async more(): Promise<boolean> {
    while (this.at === this.waiting.length) {
      const read = await this.lines.next();
      if (read.done === true) return false;
      this.waiting = read.value;
      this.at = this.header && this.waiting.length > 0 ? 1 : 0;
      this.header &&= this.waiting.length === 0;
    }
    return true;
  }
}
