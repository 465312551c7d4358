import { RECORD_ID_BYTES } from '#libs/record';
import { FieldBatch } from './field-batch.js';
import { FilterKernel } from './filter-kernel.js';
import { createRecordIdentifier, recordIdKey } from './keys.js';
import { MAX_MESSAGE_BYTES, MESSAGE_BATCH, ShortMessageCodes } from './short-message-codes.js';
import { copyStrided } from './strided-copy.js';
import { textOf } from './utf8.js';

/** Writes the opaque ids of local identifiers, the first at `offset` of `out`, `rowBytes` apart. */
export interface RecordIdWriter {
  /** @throws RangeError for lack of room in `out`. */
  writeTexts(localIds: readonly string[], out: Uint8Array, offset: number, rowBytes: number): void;
  /**
   * The same for identifiers that are pieces of a text in UTF-8: the one of row `r` is from byte
   * `fields[2 * r]` to `fields[2 * r + 1]`.
   */
  writeFields(text: Uint8Array, fields: Uint32Array, out: Uint8Array, offset: number, rowBytes: number): void;
}

/**
 * Opaque record ids of many records at a time, those of `createRecordIdentifier`: short ones go
 * through a kernel that hashes four of them at once, after the key was hashed once for all.
 *
 * @throws VinculumError SECRET_TOO_SHORT.
 */
export function createRecordIdWriter(secret: Uint8Array, registerId: string): RecordIdWriter {
  const identify = createRecordIdentifier(secret, registerId);
  const kernel = new FilterKernel();
  const codes = new ShortMessageCodes(kernel);
  const batch = new FieldBatch(kernel, 1, MESSAGE_BATCH);
  const states = codes.statesOf(recordIdKey(secret, registerId));
  const writeAll = (
    rows: number, out: Uint8Array, offset: number, rowBytes: number,
    put: (first: number, count: number) => void, longTextOf: (row: number) => string | undefined,
  ): void => {
    const room = offset + Math.max(0, rows - 1) * rowBytes + RECORD_ID_BYTES;
    if (rows > 0 && (offset < 0 || room > out.length)) {
      throw new RangeError(`expected room for ${room} bytes, got ${out.length}`);
    }
    for (let first = 0; first < rows; first += MESSAGE_BATCH) {
      const count = Math.min(MESSAGE_BATCH, rows - first);
      put(first, count);
      codes.run(states, count, RECORD_ID_BYTES / 4);
      copyStrided(
        { bytes: codes.kernel.bytes, offset: codes.codes, step: RECORD_ID_BYTES },
        { bytes: out, offset: offset + first * rowBytes, step: rowBytes }, RECORD_ID_BYTES, count);
      for (let row = first; row < first + count; row++) {
        const text = longTextOf(row);
        if (text !== undefined) out.set(identify(text), offset + row * rowBytes);
      }
    }
  };
  return {
    writeTexts(localIds, out, offset, rowBytes) {
      writeAll(
        localIds.length, out, offset, rowBytes, (first, count) => {
          codes.clear(count);
          for (let i = 0; i < count; i++) codes.putText(i, localIds[first + i]);
        },
        (row) => (isShort(localIds[row]) ? undefined : localIds[row]));
    },
    writeFields(text, fields, out, offset, rowBytes) {
      writeAll(
        fields.length / 2, out, offset, rowBytes, (first, count) => {
          if (batch.place(text, fields, first, count)) return codes.putFields(batch);
          codes.clear(count);
          for (let i = 0; i < count; i++) {
            codes.putBytes(i, text, fields[2 * (first + i)], fields[2 * (first + i) + 1]);
          }
        },
        (row) => (fields[2 * row + 1] - fields[2 * row] <= MAX_MESSAGE_BYTES ? undefined
          : textOf(text, fields[2 * row], fields[2 * row + 1])));
    },
  };
}

function isShort(text: string): boolean {
  if (text.length > MAX_MESSAGE_BYTES) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

