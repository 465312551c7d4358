import { utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * What a witness signs (C2SP tlog-cosignature): a fixed header, the time in seconds since 1970 and the whole
 * text of the checkpoint, so that the time cannot be moved to another checkpoint.
 */
export function cosignedMessage(time: number, text: string): Uint8Array {
  if (!Number.isSafeInteger(time) || time < 0) {
    throw new RangeError(`a cosignature has whole seconds since 1970, got ${time}`);
  }
  return utf8ToBytes(`cosignature/v1\ntime ${time}\n${text}`);
}
