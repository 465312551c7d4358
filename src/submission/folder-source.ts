import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extractPartFile, type ExtractManifest, type ExtractPartName } from '#libs/record';
import { readDeliveredManifest } from '../extract-folder/index.js';
import type { ExtractSource, UploadBytes } from './extract-source.js';
import { asUpload, FileRange, fileRangeReader } from './file-range.js';
import { FileRequests } from './file-requests.js';

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

  bytesOf(part: ExtractPartName, start: number, length: number): UploadBytes {
    return {
      file: asUpload(new FileRange(this.pathOf(part), start, length)),
      options: { fileReader: fileRangeReader, httpStack: new FileRequests() },
    };
  }

  private pathOf(part: ExtractPartName): string {
    return join(this.folder, this.fileOf(part));
  }
}
