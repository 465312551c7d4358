import { createHash } from 'node:crypto';
import { VinculumError, type ExtractPart, type ExtractPartName } from '#libs/record';

/** Counts and hashes the bytes of a part as they pass; the manifest says what is expected. */
export class PartMeter {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(private readonly name: ExtractPartName, private readonly expected: ExtractPart) {}

  add(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.hash.update(bytes);
  }

  async* pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.add(chunk);
      yield chunk;
    }
  }

  /** What is not as the manifest says, after the last byte. */
  difference(): string | undefined {
    const { bytes, sha256 } = this.expected;
    if (this.bytes !== bytes) return `expected ${bytes} bytes, got ${this.bytes}`;
    return this.hash.digest('hex') === sha256 ? undefined : 'its SHA-256 is not the one in the manifest';
  }

  /** @throws VinculumError `EXTRACT_PART_DIFFERS` where other bytes came than the manifest says. */
  assertWhole(): void {
    assertNoDifference(this.name, this.difference());
  }
}

/** @throws VinculumError `EXTRACT_PART_DIFFERS`. */
export function assertNoDifference(part: ExtractPartName, difference: string | undefined): void {
  if (difference === undefined) return;
  throw new VinculumError('EXTRACT_PART_DIFFERS',
    `${part}: ${difference}. Look at the extract with vinculum inspect, then submit it again`);
}
