const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text that bytes `from` to `to` are in UTF-8; a byte order mark is a character like any other. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return DECODER.decode(bytes.subarray(from, to));
}
