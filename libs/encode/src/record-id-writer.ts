import { RECORD_ID_BYTES } from '#libs/record';
import { FilterKernel } from './filter-kernel.js';
import { createRecordIdentifier, recordIdKey } from './keys.js';
import { MAX_MESSAGE_BYTES, MESSAGE_BATCH, ShortMessageCodes } from './short-message-codes.js';
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
  const codes = new ShortMessageCodes(new FilterKernel());
  const states = codes.statesOf(recordIdKey(secret, registerId));
  const writeAll = (
    rows: number, out: Uint8Array, offset: number, rowBytes: number,
    put: (place: number, row: number) => void, longTextOf: (row: number) => string | undefined,
  ): void => {
    const room = offset + Math.max(0, rows - 1) * rowBytes + RECORD_ID_BYTES;
    if (rows > 0 && (offset < 0 || room > out.length)) {
      throw new RangeError(`expected room for ${room} bytes, got ${out.length}`);
    }
    for (let first = 0; first < rows; first += MESSAGE_BATCH) {
      const count = Math.min(MESSAGE_BATCH, rows - first);
      codes.clear(count);
      for (let i = 0; i < count; i++) put(i, first + i);
      codes.run(states, count, RECORD_ID_BYTES / 4);
      copyCodes(codes, count, out, offset + first * rowBytes, rowBytes);
      for (let row = first; row < first + count; row++) {
        const text = longTextOf(row);
        if (text !== undefined) out.set(identify(text), offset + row * rowBytes);
      }
    }
  };
  return {
    writeTexts(localIds, out, offset, rowBytes) {
      writeAll(
        localIds.length, out, offset, rowBytes, (place, row) => codes.putText(place, localIds[row]),
        (row) => (isShort(localIds[row]) ? undefined : localIds[row]));
    },
    writeFields(text, fields, out, offset, rowBytes) {
      writeAll(
        fields.length / 2, out, offset, rowBytes,
        (place, row) => codes.putBytes(place, text, fields[2 * row], fields[2 * row + 1]),
        (row) => (fields[2 * row + 1] - fields[2 * row] <= MAX_MESSAGE_BYTES ? undefined
          : textOf(text, fields[2 * row], fields[2 * row + 1])));
    },
  };
}

function copyCodes(
  { kernel: { bytes }, codes }: ShortMessageCodes, count: number, out: Uint8Array, offset: number,
  rowBytes: number,
): void {
  for (let i = 0; i < count; i++) {
    const [from, to] = [codes + i * RECORD_ID_BYTES, offset + i * rowBytes];
    for (let k = 0; k < RECORD_ID_BYTES; k++) out[to + k] = bytes[from + k];
  }
}

function isShort(text: string): boolean {
  if (text.length > MAX_MESSAGE_BYTES) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

