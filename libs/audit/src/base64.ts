const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/** RFC 4648 section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63]);
    const used = Math.min(bytes.length - i, 3) + 1;
    text += characters.slice(0, used).join('').padEnd(4, '=');
  }
  return text;
}

/**
 * The one text that encodes these bytes, or undefined: white space, missing padding and stray bits in the
 * last character are refused, so that two different texts never mean the same bytes.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let group = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = i >= text.length - padding ? 0 : VALUES.get(text[i]);
    if (value === undefined) return undefined;
    group = ((group << 6) | value) & 0xffffff;
    if (i % 4 !== 3) continue;
    const at = ((i - 3) / 4) * 3;
    for (let byte = 0; byte < 3; byte += 1) {
      if (at + byte < bytes.length) bytes[at + byte] = (group >> (16 - 8 * byte)) & 255;
    }
  }
  return toBase64(bytes) === text ? bytes : undefined;
}
