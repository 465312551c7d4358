import { createHash } from 'node:crypto';
import { VinculumError, type ExtractPart, type ExtractPartName, type RowError } from '#libs/record';

/** Counts and hashes the bytes of a part as they pass; the manifest says what is expected. */
export class PartMeter {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  /** @param rowBytes where all rows are equally long: then the row that was cut off can be named. */
  constructor(
    private readonly name: ExtractPartName, private readonly expected: ExtractPart,
    private readonly rowBytes?: number,
  ) {}

  /** @throws VinculumError `EXTRACT_PART_DIFFERS` as soon as there are more bytes than announced. */
  async* pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.bytes += chunk.length;
      if (this.bytes > this.expected.bytes) {
        throw this.differs(`expected ${this.expected.bytes} bytes, got more`);
      }
      this.hash.update(chunk);
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  }

  /** @throws VinculumError `EXTRACT_PART_DIFFERS` when fewer or other bytes came. */
  assertWhole(): void {
    if (this.bytes !== this.expected.bytes) {
      throw this.differs(`expected ${this.expected.bytes} bytes, got ${this.bytes}`, this.firstMissingRow());
    }
    if (this.hash.digest('hex') !== this.expected.sha256) {
      throw this.differs('its SHA-256 is not the one in the manifest');
    }
  }

  private firstMissingRow(): RowError[] {
    if (this.rowBytes === undefined) return [];
    const row = Math.floor(this.bytes / this.rowBytes) + 1;
    return [{ row, reason: `expected ${this.rowBytes} bytes, got ${this.bytes % this.rowBytes}` }];
  }

  private differs(reason: string, rows: RowError[] = []): VinculumError {
    return new VinculumError('EXTRACT_PART_DIFFERS',
      `${this.name}: ${reason}. Nothing of it was kept; send the part again`, rows);
  }
}
