import type { Upload } from 'tus-js-client';
import type { ExtractManifest, ExtractPartName } from '#libs/record';

/** Bytes as the tus client takes them. */
export type UploadBytes = Upload['file'];

/** An extract as its custodian has it: a folder on disk, or files that were chosen in a browser. */
export interface ExtractSource {
  readonly manifest: ExtractManifest;
  /** Name of the part's file, for messages. */
  fileOf(part: ExtractPartName): string;
  /** Bytes of the part's file; undefined where there is none. */
  sizeOf(part: ExtractPartName): Promise<number | undefined>;
  /** Bytes `start` to `start + length` of the part; `close` when they are sent, or not needed any more. */
  open(part: ExtractPartName, start: number, length: number): {
    readonly bytes: UploadBytes; readonly close: () => void;
  };
}
