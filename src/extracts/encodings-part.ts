import { RECORD_ID_BYTES, encodingRowBytes, type ExtractManifest } from '#libs/record';
import { RecordIdTable } from '../extract-folder/index.js';
import { CopyRows } from '../platform/database/copy-rows.js';
import type { DataKey } from './data-key.js';
import { RowFindings } from './row-findings.js';

/** Plain bytes of a chunk at most: thousands of rows, small enough to hold several at once. */
const CHUNK_BYTES = 1 << 20;

/** Turns the bytes of `encodings.bin` into encrypted chunks, and finds repeated record ids on the way. */
export class EncodingsPart {
  readonly findings = new RowFindings();
  private readonly ids = new RecordIdTable();
  private readonly rowBytes: number;
  private readonly chunk: Buffer;
  private held = 0;
  private chunks = 0;
  private rows = 0;

  constructor(private readonly extract: string, manifest: ExtractManifest, private readonly key: DataKey) {
    this.rowBytes = encodingRowBytes(manifest.segments);
    this.chunk = Buffer.alloc(Math.max(1, Math.floor(CHUNK_BYTES / this.rowBytes)) * this.rowBytes);
  }

  /** Rows of `encodings.chunk (extract, chunk_no, rows, data)`. */
  async* copyRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      for (let at = 0; at < piece.length;) {
        const taken = piece.copy(this.chunk, this.held, at);
        this.held += taken;
        at += taken;
        if (this.held === this.chunk.length) yield this.nextChunk();
      }
    }
    if (this.held > 0) yield this.nextChunk();
  }

  private nextChunk(): Buffer {
    const whole = Math.floor(this.held / this.rowBytes);
    for (let row = 0; row < whole; row++) this.checkId(row);
    // A row that is cut off is the meter's to refuse: the part is shorter than the manifest says.
    const copy = new CopyRows();
    copy.beginRow(4);
    copy.uuid(this.extract);
    copy.integer(this.chunks);
    copy.integer(Math.max(1, whole));
    copy.bytes(this.key.sealChunk(this.chunks, this.chunk.subarray(0, this.held)));
    this.chunks++;
    this.held = 0;
    return copy.take();
  }

  private checkId(row: number): void {
    this.rows++;
    const at = row * this.rowBytes;
    const first = this.ids.add(this.chunk.subarray(at, at + RECORD_ID_BYTES), this.rows);
    if (first === 0) return;
    this.findings.add(this.rows, 'record_id', `expected each record once; row ${first} has the same record id`);
  }
}
