import { NOT_THERE, ShortNameTable } from './short-name-table.js';
import { textOf } from './utf8.js';

const CAPACITY = 1 << 16;

/** Makes texts of bytes, a short one once while it is remembered: to find it is faster than to decode it. */
export class TextPool {
  private readonly places = new ShortNameTable();
  private texts: string[] = [];

  /** The text that the bytes `from` to `to` are in valid UTF-8. */
  textOf(bytes: Uint8Array, from: number, to: number): string {
    if (from === to) return '';
    if (!this.places.packBytes(bytes, from, to)) return textOf(bytes, from, to);
    const place = this.places.find();
    if (place !== NOT_THERE) return this.texts[place - 1];
    if (this.texts.length === CAPACITY) this.forget(bytes, from, to);
    const text = textOf(bytes, from, to);
    this.places.set(this.texts.push(text));
    return text;
  }

  private forget(bytes: Uint8Array, from: number, to: number): void {
    this.places.clear();
    this.texts = [];
    this.places.packBytes(bytes, from, to);
  }
}
