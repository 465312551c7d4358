const NO_DIGIT = 255;
const PADDING = 0x3d;
const VALUES = new Uint8Array(256).fill(NO_DIGIT);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  .forEach((digit, value) => { VALUES[digit.charCodeAt(0)] = value; });

/**
 * Bytes of standard base64 with padding (RFC 4648, section 4), given as its characters' codes without white
 * space; undefined for anything else, ones in the bits that the padding leaves over included.
 */
export function decodeBase64(digits: Uint8Array): Uint8Array | undefined {
  const { length } = digits;
  if (length % 4 !== 0) return undefined;
  const padding = digits[length - 1] !== PADDING ? 0 : digits[length - 2] !== PADDING ? 1 : 2;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let held = 0;
  let count = 0;
  for (let i = 0; i < length - padding; i++) {
    const value = VALUES[digits[i]];
    if (value === NO_DIGIT) return undefined;
    held = ((held & 0xffff) << 6) | value;
    if (i % 4 > 0) bytes[count++] = held >> (6 - 2 * (i % 4));
  }
  // One or two padding characters leave 2 or 4 bits over.
  return (held & ((1 << (2 * padding)) - 1)) === 0 ? bytes : undefined;
}
