const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63]);
    text += digits.map((digit, at) => (i + at > bytes.length ? '=' : digit)).join('');
  }
  return text;
}

/** Bytes of standard base64; white space is skipped. The text has been checked. */
export function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/[\s=]/g, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let held = 0;
  let count = 0;
  for (let i = 0; i < digits.length; i++) {
    held = ((held << 6) | ALPHABET.indexOf(digits[i])) & 0xffffff;
    const full = Math.floor(((i + 1) * 6) / 8);
    if (full > count) bytes[count++] = held >> (((i + 1) * 6) % 8);
  }
  return bytes;
}
