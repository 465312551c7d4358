import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXTRACT_PART_FILES, type ExtractManifest, type ExtractPartName } from '#libs/record';

const SEGMENTS = [{ name: 'person', bits: 512 }];
const KINDS = ['registered', 'arrived', 'departed'];

/** An extract of random filters: whole and well formed, about nobody. */
export class TinyExtract {
  private constructor(
    readonly manifest: ExtractManifest, readonly bytes: Readonly<Record<ExtractPartName, Buffer>>,
  ) {}

  /** @param events of each record. */
  static create(records: number, events = 1, registerId = 'population-register'): TinyExtract {
    const ids = Array.from({ length: records }, () => randomBytes(16));
    const content = ids.map((id, i) => `${id.toString('hex')},F,19${10 + i % 90}-05,FR,\n`);
    const happened = ids.flatMap((id, i) => Array.from({ length: events }, (_, k) =>
      `${id.toString('hex')},${KINDS[k % KINDS.length]},2020-0${1 + (i + k) % 9}-11,FR\n`));
    const bytes = {
      encodings: Buffer.concat(ids.flatMap((id) => [id, randomBytes(SEGMENTS[0].bits / 8)])),
      content: Buffer.from(`record_id,sex,birth_month,citizenship,country_of_birth\n${content.join('')}`),
      events: Buffer.from(`record_id,kind,date,country\n${happened.join('')}`),
    };
    const part = (name: ExtractPartName, rows: number): object => ({
      rows, bytes: bytes[name].length, sha256: createHash('sha256').update(bytes[name]).digest('hex'),
    });
    return new TinyExtract({
      format: 'vinculum-extract', version: 1, registerId,
      cardinality: registerId === 'population-register' ? 'unique' : 'many', referenceDate: '2025-12-31',
      specHash: 'ab'.repeat(32), keyFingerprint: 'cd'.repeat(8), segments: SEGMENTS, records,
      parts: {
        encodings: part('encodings', records), content: part('content', records),
        events: part('events', happened.length),
      },
    } as ExtractManifest, bytes);
  }

  /** The same with other events, lines of `events.csv` without their header. */
  withEvents(lines: readonly string[]): TinyExtract {
    const events = Buffer.from(['record_id,kind,date,country', ...lines, ''].join('\n'));
    const part = { rows: lines.length, bytes: events.length, sha256: createHash('sha256').update(events).digest('hex') };
    const { manifest, bytes } = this;
    return new TinyExtract({ ...manifest, parts: { ...manifest.parts, events: part } }, { ...bytes, events });
  }

  /** Writes it as a folder. */
  write(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(this.bytes)) {
      writeFileSync(join(folder, EXTRACT_PART_FILES[name as ExtractPartName]), bytes);
    }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(this.manifest));
  }
}
