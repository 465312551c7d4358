import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extractPartFile, type ExtractManifest, type ExtractPartName } from '#libs/record';
import { readDeliveredManifest } from '../extract-folder/index.js';
import type { ExtractSource, UploadBytes } from './extract-source.js';

/** An extract's folder. */
export class FolderSource implements ExtractSource {
  private constructor(private readonly folder: string, readonly manifest: ExtractManifest) {}

  /** @throws VinculumError `EXTRACT_NOT_FOUND`, `EXTRACT_MANIFEST_INVALID`. */
  static async at(folder: string): Promise<FolderSource> {
    return new FolderSource(folder, await readDeliveredManifest(folder));
  }

  fileOf(part: ExtractPartName): string {
    return extractPartFile(this.manifest, part);
  }

  sizeOf(part: ExtractPartName): Promise<number | undefined> {
    return stat(this.pathOf(part)).then(({ size }) => size, () => undefined);
  }

  open(part: ExtractPartName, start: number, length: number): { bytes: UploadBytes; close: () => void } {
    const stream = createReadStream(this.pathOf(part), { start, end: start + length - 1 });
    // The client's types are those of a browser; in Node it takes a stream of a file and reads it from disk.
    return { bytes: stream as never, close: () => void stream.destroy() };
  }

  private pathOf(part: ExtractPartName): string {
    return join(this.folder, this.fileOf(part));
  }
}
