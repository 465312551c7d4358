/** One line of a file, without its newline. */
export interface ByteLine {
  /** 1-based. */
  readonly number: number;
  /** Empty when `overlong`. */
  readonly bytes: Uint8Array;
  /** More bytes than the limit: they were not kept. */
  readonly overlong: boolean;
  /** False for a last line without newline. */
  readonly terminated: boolean;
}

const NEWLINE = 0x0a;

/**
 * Splits bytes at 0x0A and nowhere else, in memory bounded by `limit` bytes a line. Text readers also
 * split at other characters and mend broken UTF-8; either would let a changed byte pass unseen.
 */
export async function* byteLines(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, limit: number,
): AsyncGenerator<ByteLine> {
  let number = 1;
  let held: Uint8Array[] = [];
  let length = 0;
  const take = (terminated: boolean): ByteLine => {
    const overlong = length > limit;
    const line = { number, bytes: overlong ? new Uint8Array(0) : joined(held, length), overlong, terminated };
    number += 1;
    held = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      held.push(chunk.subarray(start, end));
      length += end - start;
      yield take(true);
      start = end + 1;
    }
    length += chunk.length - start;
    if (length <= limit) held.push(chunk.slice(start));
    else held = [];
  }
  if (length > 0) yield take(false);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The text of strictly valid UTF-8, or undefined. A byte order mark is kept: it is a change. */
export function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
