import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes of a token in one of Python's encodings, or undefined where Python raises. */
export type TextEncoder = (text: string) => Uint8Array | undefined;

const ENCODERS: Readonly<Record<string, TextEncoder>> = {
  'utf-8': utf8ToBytes,
  ascii: (text) => singleBytes(text, 0x7f),
  'latin-1': (text) => singleBytes(text, 0xff),
  'utf-16': (text) => utf16('\uFEFF' + text, true),
  'utf-16-le': (text) => utf16(text, true),
  'utf-16-be': (text) => utf16(text, false),
  'utf-32': (text) => utf32('\uFEFF' + text, true),
  'utf-32-le': (text) => utf32(text, true),
  'utf-32-be': (text) => utf32(text, false),
};
const ALIASES: Readonly<Record<string, string>> = {
  utf8: 'utf-8', 'us-ascii': 'ascii', latin1: 'latin-1', 'iso-8859-1': 'latin-1', utf16: 'utf-16',
  'utf-16le': 'utf-16-le', 'utf-16be': 'utf-16-be', utf32: 'utf-32', 'utf-32le': 'utf-32-le', 'utf-32be': 'utf-32-be',
};

/** The encoder of a Python encoding name; a byte order mark goes before each token, as Python does. */
export function textEncoder(name: string): TextEncoder | undefined {
  const lower = name.toLowerCase().replaceAll('_', '-');
  return ENCODERS[ALIASES[lower] ?? lower];
}

function singleBytes(text: string, limit: number): Uint8Array | undefined {
  const points = Array.from(text, (character) => character.codePointAt(0) as number);
  return points.every((point) => point <= limit) ? Uint8Array.from(points) : undefined;
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

function utf32(text: string, littleEndian: boolean): Uint8Array {
  const points = Array.from(text, (character) => character.codePointAt(0) as number);
  const view = new DataView(new ArrayBuffer(4 * points.length));
  points.forEach((point, i) => view.setUint32(4 * i, point, littleEndian));
  return new Uint8Array(view.buffer);
}
