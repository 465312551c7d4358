import { createHash } from 'node:crypto';
import { VinculumError, type ExtractPart, type ExtractPartName } from '#libs/record';

/** Counts and hashes the bytes of a part as they pass; the manifest says what is expected. */
export class PartMeter {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(private readonly name: ExtractPartName, private readonly expected: ExtractPart) {}

  async* pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.bytes += chunk.length;
      this.hash.update(chunk);
      yield chunk;
    }
  }

  /** @throws VinculumError `EXTRACT_PART_DIFFERS` where other bytes came than the manifest says. */
  assertWhole(): void {
    if (this.bytes !== this.expected.bytes) {
      throw this.differs(`expected ${this.expected.bytes} bytes, got ${this.bytes}`);
    }
    if (this.hash.digest('hex') !== this.expected.sha256) {
      throw this.differs('its SHA-256 is not the one in the manifest');
    }
  }

  private differs(reason: string): VinculumError {
    return new VinculumError('EXTRACT_PART_DIFFERS',
      `${this.name}: ${reason}. Look at the extract with vinculum inspect, then submit it again`);
  }
}
