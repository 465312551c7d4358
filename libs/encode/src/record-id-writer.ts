import { RECORD_ID_BYTES } from '#libs/record';
import { FilterKernel } from './filter-kernel.js';
import { createRecordIdentifier, recordIdKey } from './keys.js';
import { MAX_MESSAGE_BYTES, MESSAGE_BATCH, ShortMessageCodes } from './short-message-codes.js';

/** Writes the opaque ids of local identifiers, the first at `offset` of `out`, `rowBytes` apart. */
export type RecordIdWriter = (
  localIds: readonly string[], out: Uint8Array, offset: number, rowBytes: number) => void;

/**
 * Opaque record ids of many records at a time, those of `createRecordIdentifier`: short texts of ASCII go
 * through a kernel that hashes four of them at once, after the key was hashed once for all.
 *
 * @throws VinculumError SECRET_TOO_SHORT.
 */
export function createRecordIdWriter(secret: Uint8Array, registerId: string): RecordIdWriter {
  const identify = createRecordIdentifier(secret, registerId);
  const codes = new ShortMessageCodes(new FilterKernel());
  const states = codes.statesOf(recordIdKey(secret, registerId));
  return (localIds, out, offset, rowBytes) => {
    const room = offset + Math.max(0, localIds.length - 1) * rowBytes + RECORD_ID_BYTES;
    if (localIds.length > 0 && (offset < 0 || room > out.length)) {
      throw new RangeError(`expected room for ${room} bytes, got ${out.length}`);
    }
    for (let first = 0; first < localIds.length; first += MESSAGE_BATCH) {
      const count = Math.min(MESSAGE_BATCH, localIds.length - first);
      codes.clear(count);
      for (let i = 0; i < count; i++) codes.putText(i, localIds[first + i]);
      codes.run(states, count, RECORD_ID_BYTES / 4);
      copyCodes(codes, count, out, offset + first * rowBytes, rowBytes);
      for (let i = first; i < first + count; i++) {
        if (!isShort(localIds[i])) out.set(identify(localIds[i]), offset + i * rowBytes);
      }
    }
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

