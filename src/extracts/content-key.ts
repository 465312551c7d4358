import { randomBytes } from 'node:crypto';
import { openSealed, seal } from '../platform/keys/sealed-bytes.js';
import type { StorageKeys } from '../platform/keys/storage-keys.js';
import type { ContentPartName } from './content-tables.js';

const KEY_BYTES = 32;

/** Which of the chunks of a part one is: the `number`th, from 0, and whether it ends the part. */
export interface RowsChunkPlace {
  readonly part: ContentPartName;
  readonly number: number;
  readonly last: boolean;
}

/**
 * The key that one extract's rows of content and events are encrypted with. It is not the key of the filters
 * (`DataKey`): who tabulates has this one, who links has the other. What wraps them is destroyed together.
 */
export class ContentKey {
  private constructor(private readonly extract: string, private readonly key: Uint8Array) {}

  /** A new key from the operating system's randomness. */
  static generate(extract: string): ContentKey {
    return new ContentKey(extract, randomBytes(KEY_BYTES));
  }

  /** @throws VinculumError as `StorageKeys.unwrap`; Error where extract and wrapped key are not of a pair. */
  static async unwrap(keys: StorageKeys, extract: string, wrapped: Uint8Array): Promise<ContentKey> {
    return new ContentKey(extract, await keys.unwrap(extract, wrapped));
  }

  /** For storage. */
  wrap(keys: StorageKeys): Promise<Buffer> {
    return keys.wrap(this.extract, this.key);
  }

  seal(place: RowsChunkPlace, rows: Uint8Array): Buffer {
    return seal(this.key, rows, this.nameOf(place));
  }

  /** @throws Error where the chunk was altered, is of another extract or place, or does not end the part. */
  open(place: RowsChunkPlace, data: Uint8Array): Buffer {
    return openSealed(this.key, data, this.nameOf(place));
  }

  /** Authenticated with the bytes: chunks are neither moved, nor can the end of a part be cut off. */
  private nameOf({ part, number, last }: RowsChunkPlace): string {
    return `${last ? 'last chunk' : 'chunk'} ${number} of the rows of ${part} of ${this.extract}`;
  }
}
