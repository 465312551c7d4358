import { FilterKernel } from './filter-kernel.js';
import { NameList } from './name-list.js';
import { NOT_THERE, NameTable } from './name-table.js';
import { textOf } from './utf8.js';

const CAPACITY = 1 << 16;

/** Makes texts of bytes, a short one once while it is remembered: to find it is faster than to decode it. */
export class TextPool {
  private readonly name: NameList;
  private readonly places: NameTable;
  private texts: string[] = [];

  constructor() {
    const kernel = new FilterKernel();
    this.name = new NameList(kernel, 1);
    this.places = new NameTable(kernel);
  }

  /** The text that the bytes `from` to `to` are in valid UTF-8. */
  textOf(bytes: Uint8Array, from: number, to: number): string {
    if (from === to) return '';
    const { name, places } = this;
    name.clear();
    if (!name.putBytes(bytes, from, to, 0)) return textOf(bytes, from, to);
    const place = places.find(name.at);
    if (place !== NOT_THERE) return this.texts[place - 1];
    if (this.texts.length === CAPACITY) this.forget();
    const text = textOf(bytes, from, to);
    places.set(name.at, this.texts.push(text));
    return text;
  }

  private forget(): void {
    this.places.clear();
    this.texts = [];
  }
}
