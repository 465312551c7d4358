/** Bytes of an id, and of a filter, that are recognised. */
const RAW = 16;
const HEX = 2 * RAW;
/** 15 bytes are 20 characters of base64, whatever follows. */
const BASE64 = 20;

/**
 * Record ids and filters that must not come back, and where they do: raw, in hexadecimal or in base64 of
 * either alphabet, wherever in a text they stand.
 */
export class TaintMarks {
  private readonly raw = new Set<string>();
  private readonly hex = new Set<string>();
  private readonly base64 = new Set<string>();

  get count(): number {
    return this.raw.size;
  }

  /** @param bytes 16 or more: the beginning is the mark. */
  add(bytes: Uint8Array): void {
    const mark = Buffer.from(bytes.subarray(0, RAW));
    this.raw.add(mark.toString('latin1'));
    this.hex.add(mark.toString('hex'));
    this.base64.add(mark.toString('base64').slice(0, BASE64));
  }

  /** The form in which a mark stands in the bytes, or undefined. */
  foundIn(bytes: Uint8Array): 'raw' | 'hexadecimal' | 'base64' | undefined {
    const text = Buffer.from(bytes).toString('latin1');
    if (holds(text, RAW, this.raw)) return 'raw';
    if (holds(text.toLowerCase(), HEX, this.hex)) return 'hexadecimal';
    if (holds(text.replaceAll('-', '+').replaceAll('_', '/'), BASE64, this.base64)) return 'base64';
    return undefined;
  }
}

function holds(text: string, width: number, marks: ReadonlySet<string>): boolean {
  for (let at = 0; at + width <= text.length; at++) if (marks.has(text.slice(at, at + width))) return true;
  return false;
}
