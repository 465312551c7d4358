import type { Upload, UploadOptions } from 'tus-js-client';
import type { ExtractManifest, ExtractPartName } from '#libs/record';

/** Bytes as the protocol's client takes them. */
export interface UploadBytes {
  readonly file: Upload['file'];
  /** How they are read and sent, where the client does not know it by itself. */
  readonly options?: Pick<UploadOptions, 'fileReader' | 'httpStack'>;
}

/** An extract as its custodian has it: a folder on disk, or files that were chosen in a browser. */
export interface ExtractSource {
  readonly manifest: ExtractManifest;
  /** Name of the part's file, for messages. */
  fileOf(part: ExtractPartName): string;
  /** Bytes of the part's file; undefined where there is none. */
  sizeOf(part: ExtractPartName): Promise<number | undefined>;
  /** Bytes `start` to `start + length` of the part. */
  bytesOf(part: ExtractPartName, start: number, length: number): UploadBytes;
}
