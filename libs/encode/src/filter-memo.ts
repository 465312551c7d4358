/**
 * Remembers filters by name under a bound, as words in one array: a hundred thousand small arrays would
 * cost more than the filters. Two generations of at most `capacity` entries, as in `BoundedMemo`.
 */
export class FilterMemo {
  /** Words of the young generation; offsets of `find` and `reserve` point into it until the next call. */
  words: Uint32Array;
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private oldWords: Uint32Array;
  private used = 0;

  constructor(private readonly capacity: number, private readonly entryWords: number) {
    this.words = new Uint32Array(FIRST_ENTRIES * entryWords);
    this.oldWords = new Uint32Array(FIRST_ENTRIES * entryWords);
  }

  /** Offset of an entry, `NO_FILTER` when it was set so, undefined when it is not known. */
  find(name: string): number | undefined {
    const known = this.young.get(name);
    if (known !== undefined) return known;
    const aged = this.old.get(name);
    if (aged === undefined) return undefined;
    if (aged === NO_FILTER) return this.setNone(name);
    const { oldWords } = this;
    const at = this.reserve(name);
    for (let i = 0; i < this.entryWords; i++) this.words[at + i] = oldWords[aged + i];
    return at;
  }

  /** Makes room for an entry; returns its offset, where all words are zero. */
  reserve(name: string): number {
    if (this.young.size >= this.capacity) this.turn();
    const at = this.used;
    if (at + this.entryWords > this.words.length) {
      const grown = new Uint32Array(Math.min(this.words.length * 2, this.capacity * this.entryWords));
      grown.set(this.words);
      this.words = grown;
    }
    this.used += this.entryWords;
    this.young.set(name, at);
    this.words.fill(0, at, at + this.entryWords);
    return at;
  }

  /** Remembers that a name has no filter. */
  setNone(name: string): number {
    if (this.young.size >= this.capacity) this.turn();
    this.young.set(name, NO_FILTER);
    return NO_FILTER;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private turn(): void {
    this.old = this.young;
    this.young = new Map();
    // A new array: `find` may still be reading an entry of the generation that is forgotten here.
    this.oldWords = this.words;
    this.words = new Uint32Array(this.words.length);
    this.used = 0;
  }
}

export const NO_FILTER = -1;
const FIRST_ENTRIES = 16;
