import { VinculumError } from '#libs/record';

/** A sealed key is small: this holds one for 30 post-quantum recipients. */
export const MAX_SEALED_KEY_BYTES = 1 << 16;

const VERSION_LINE = 'age-encryption.org/v1';
/** Stanzas to public keys. A passphrase (`scrypt`) could be guessed by whoever relays the file. */
const RECIPIENT_STANZA = /^-> (?:X25519|mlkem768x25519) [A-Za-z0-9+/]+$/;
const BODY_LINE = /^[A-Za-z0-9+/]{0,64}$/;
const MAC_LINE = /^--- [A-Za-z0-9+/]{43}$/;
const FULL_BODY_LINE = 64;
/** Nonce, 32 bytes of key or more, tag of the only chunk. */
const LEAST_PAYLOAD_BYTES = 16 + 32 + 16;

/** What can be seen of a sealed key without an identity that opens it. */
export interface SealedKeyHeader {
  /** Number of recipients; who they are cannot be seen. */
  readonly recipients: number;
}

/**
 * Reads the header of an age file (age-encryption.org/v1, binary form) that holds a key for one or more
 * public keys, so that whoever relays it can refuse everything else, above all a key in plain text. That
 * the header is authentic and the rest opens is for the recipients alone to find.
 *
 * @throws VinculumError SEALED_KEY_INVALID with the reason; never repeats content.
 */
export function readSealedKeyHeader(file: Uint8Array): SealedKeyHeader {
  if (file.length > MAX_SEALED_KEY_BYTES) {
    throw invalid(`at most ${MAX_SEALED_KEY_BYTES} bytes, got ${file.length}`);
  }
  const lines = new HeaderLines(file);
  if (lines.next() !== VERSION_LINE) throw invalid(`the first line "${VERSION_LINE}"`);
  let recipients = 0;
  let line = lines.next();
  for (; line.startsWith('-> '); line = lines.next()) {
    if (!RECIPIENT_STANZA.test(line)) {
      throw invalid(`recipients to be X25519 or mlkem768x25519 public keys, got another kind as number ${recipients + 1}`);
    }
    skipBody(lines);
    recipients++;
  }
  if (recipients === 0) throw invalid('at least one recipient');
  if (!MAC_LINE.test(line)) throw invalid('a message authentication code after the recipients');
  const payload = lines.rest;
  if (payload.length < LEAST_PAYLOAD_BYTES) throw invalid('the encrypted key after the header, got fewer bytes');
  if (payload.every(isPrintable)) throw invalid('the encrypted key after the header, got plain text');
  return { recipients };
}

/** What is encrypted is all printable once in 10^27 files. */
function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d;
}

/** A body ends with the first line that is shorter than a full one. */
function skipBody(lines: HeaderLines): void {
  for (;;) {
    const line = lines.next();
    if (!BODY_LINE.test(line)) throw invalid('a recipient\'s body in base64');
    if (line.length < FULL_BODY_LINE) return;
  }
}

/** The lines of the header, one after the other. */
class HeaderLines {
  private at = 0;

  constructor(private readonly file: Uint8Array) {}

  /** What comes after the lines that were read. */
  get rest(): Uint8Array {
    return this.file.subarray(this.at);
  }

  next(): string {
    const end = this.file.indexOf(0x0a, this.at);
    if (end < 0) throw invalid('a header that ends, got none');
    const line = String.fromCharCode(...this.file.subarray(this.at, Math.min(end, this.at + MAX_LINE)));
    this.at = end + 1;
    return line;
  }
}

/** A longer line is cut there, and refused for its form: the longest is a post-quantum recipient's. */
const MAX_LINE = 4096;

function invalid(expected: string): VinculumError {
  return new VinculumError('SEALED_KEY_INVALID',
    `the sealed key is refused: expected ${expected}; make one with: vinculum key seal`);
}
