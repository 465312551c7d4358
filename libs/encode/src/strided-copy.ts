/** Pieces of bytes, the first at `offset`, each `step` bytes behind the one before. */
export interface Strided {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly step: number;
}

const WORD = 4;

/** Copies `count` pieces of `length` bytes; word by word where all of them lie so. */
export function copyStrided(from: Strided, to: Strided, length: number, count: number): void {
  if (!hasWords(from) || !hasWords(to) || length % WORD !== 0) return copyBytes(from, to, length, count);
  const [source, target] = [wordsOf(from.bytes), wordsOf(to.bytes)];
  const words = length / WORD;
  let at = to.offset / WORD;
  let place = from.offset / WORD;
  for (let i = 0; i < count; i++, place += from.step / WORD, at += to.step / WORD) {
    for (let k = 0; k < words; k++) target[at + k] = source[place + k];
  }
}

function copyBytes(from: Strided, to: Strided, length: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const [place, at] = [from.offset + i * from.step, to.offset + i * to.step];
    for (let k = 0; k < length; k++) to.bytes[at + k] = from.bytes[place + k];
  }
}

function hasWords({ bytes, offset, step }: Strided): boolean {
  return bytes.byteOffset % WORD === 0 && offset % WORD === 0 && step % WORD === 0;
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, Math.floor(length / WORD));
}
