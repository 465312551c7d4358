import { randomBytes } from 'node:crypto';
import type { ExtractPartName } from '#libs/record';
import { openSealed, Sealer } from '../platform/keys/sealed-bytes.js';
import type { StorageKeys } from '../platform/keys/storage-keys.js';

const KEY_BYTES = 32;

/** What a thread is handed. */
export interface DataKeyOfThread {
  readonly extract: string;
  readonly key: Uint8Array;
}

/** The key that one extract's chunks are encrypted with. Without it they are noise: that destroys it. */
export class DataKey {
  private constructor(private readonly extract: string, private readonly key: Uint8Array) {}

  /** A new key from the operating system's randomness. */
  static generate(extract: string): DataKey {
    return new DataKey(extract, randomBytes(KEY_BYTES));
  }

  /** @throws VinculumError as `StorageKeys.unwrap`; Error where extract and wrapped key are not of a pair. */
  static async unwrap(keys: StorageKeys, extract: string, wrapped: Uint8Array): Promise<DataKey> {
    return new DataKey(extract, await keys.unwrap(extract, wrapped));
  }

  /** For a thread of this process that decrypts chunks of the extract. */
  static inThread({ extract, key }: DataKeyOfThread): DataKey {
    return new DataKey(extract, key);
  }

  forThread(): DataKeyOfThread {
    return { extract: this.extract, key: this.key };
  }

  /** For storage. */
  wrap(keys: StorageKeys): Promise<Buffer> {
    return keys.wrap(this.extract, this.key);
  }

  /** For a chunk. @param place where in the part its bytes belong. @param memory where it is to lie. */
  sealer(part: ExtractPartName, place: number, memory: Buffer): Sealer {
    return new Sealer(this.key, this.nameOf(part, place), memory);
  }

  /**
   * @param into memory for the plain bytes; without it, new memory.
   * @throws Error where the chunk was altered, or belongs to another place.
   */
  openChunk(part: ExtractPartName, place: number, data: Uint8Array, into?: Buffer): Buffer {
    return openSealed(this.key, data, this.nameOf(part, place), into);
  }

  private nameOf(part: ExtractPartName, place: number): string {
    return part === 'encodings' ? `chunk ${place} of ${this.extract}`
      : `chunk ${place} of the ${part} of ${this.extract}`;
  }
}
