import type { FilterStore } from './filter-store.js';
import { textOf } from './utf8.js';
import { NOT_THERE, ShortNameTable } from './short-name-table.js';

/** Address of a name that has no filter. */
export const NO_FILTER = -1;

const BLOCK_FILTERS = 64;

/** Addresses of names, and the room that their filters have. */
class Generation {
  readonly short = new ShortNameTable();
  readonly others = new Map<string, number>();
  readonly blocks: number[] = [];
  used = 0;
  /** Filters that were used at some time; those behind them are still zero. */
  reached = 0;

  get size(): number {
    return this.short.size + this.others.size;
  }

  clear(): void {
    this.short.clear();
    this.others.clear();
    this.used = 0;
  }
}

/**
 * Remembers filters by name under a bound: two generations of at most `capacity` filters. When the young
 * one is full the old one is forgotten; what is asked for again moves to the young one, so frequent names
 * stay. A name is the characters `from` to `to` of a text.
 */
export class FilterMemo {
  private young = new Generation();
  private old = new Generation();
  private readonly blockFilters: number;

  constructor(private readonly store: FilterStore, private readonly capacity: number) {
    this.blockFilters = Math.min(BLOCK_FILTERS, capacity);
  }

  /** Address of a filter, `NO_FILTER` when it was set so, undefined when it is not known. */
  find(text: string, from = 0, to = text.length): number | undefined {
    const { short } = this.young;
    if (!short.pack(text, from, to)) return this.findOther(text.slice(from, to));
    const known = short.find();
    return known === NOT_THERE ? this.findAged(text, from, to) : known;
  }

  /** The same for a name in valid UTF-8, bytes `from` to `to`. */
  findBytes(bytes: Uint8Array, from: number, to: number): number | undefined {
    const { short } = this.young;
    if (!short.packBytes(bytes, from, to)) return this.find(textOf(bytes, from, to));
    const known = short.find();
    return known === NOT_THERE && this.old.short.size > 0 ? this.find(textOf(bytes, from, to))
      : known === NOT_THERE ? undefined : known;
  }

  /** Makes room for a filter; returns its address, where all bits are zero. */
  reserve(text: string, from = 0, to = text.length): number {
    if (this.young.size >= this.capacity) this.turn();
    const { blockFilters, store, young } = this;
    const place = young.used++;
    const block = Math.floor(place / blockFilters);
    if (block === young.blocks.length) young.blocks.push(store.allocate(blockFilters));
    const at = young.blocks[block] + (place % blockFilters) * store.filterBytes;
    if (place < young.reached) store.clear(at, 1);
    else young.reached = young.used;
    this.set(text, from, to, at);
    return at;
  }

  /** Remembers that a name has no filter. */
  setNone(text: string, from = 0, to = text.length): number {
    if (this.young.size >= this.capacity) this.turn();
    this.set(text, from, to, NO_FILTER);
    return NO_FILTER;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private findOther(name: string): number | undefined {
    const known = this.young.others.get(name);
    return known ?? this.renewed(this.old.others.get(name), name, 0, name.length);
  }

  private findAged(text: string, from: number, to: number): number | undefined {
    const { short } = this.old;
    if (short.size === 0) return undefined;
    const aged = short.findAsIn(this.young.short);
    return this.renewed(aged === NOT_THERE ? undefined : aged, text, from, to);
  }

  /** The address in the young generation of what was in the old one. */
  private renewed(aged: number | undefined, text: string, from: number, to: number): number | undefined {
    if (aged === undefined) return undefined;
    if (this.young.size >= this.capacity) {
      // Its place is about to be taken, so it is learnt anew.
      this.turn();
      return undefined;
    }
    if (aged === NO_FILTER) return this.setNone(text, from, to);
    const at = this.reserve(text, from, to);
    this.store.join(at, aged);
    return at;
  }

  private set(text: string, from: number, to: number, address: number): void {
    const { short, others } = this.young;
    if (short.pack(text, from, to)) short.set(address);
    else others.set(ownText(text.slice(from, to)), address);
  }

  private turn(): void {
    // Listed joins may still read filters of the generation that is forgotten here.
    this.store.joins.flush();
    [this.young, this.old] = [this.old, this.young];
    this.young.clear();
  }
}

/** A copy: a name cut out of a long text would keep all of it in memory. */
function ownText(name: string): string {
  // The longer text takes part in nothing that is cut out of this one.
  return ` ${name}`.slice(1);
}
