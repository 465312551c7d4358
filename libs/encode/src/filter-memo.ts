import type { FilterStore } from './filter-store.js';
import { NameList } from './name-list.js';
import { NOT_THERE, NameTable } from './name-table.js';

/** Address of a name that has no filter. */
export const NO_FILTER = -1;

const BLOCK_FILTERS = 64;

/** Addresses of names, and the room that their filters have. */
class Generation {
  readonly short: NameTable;
  readonly others = new Map<string, number>();
  readonly blocks: number[] = [];
  used = 0;
  /** Filters that were used at some time; those behind them are still zero. */
  reached = 0;

  constructor({ kernel }: FilterStore) {
    this.short = new NameTable(kernel);
  }

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
  private young: Generation;
  private old: Generation;
  private readonly blockFilters: number;
  /** The one name that is being looked up. */
  private readonly name: NameList;

  constructor(readonly store: FilterStore, private readonly capacity: number) {
    this.blockFilters = Math.min(BLOCK_FILTERS, capacity);
    this.name = new NameList(store.kernel, 1);
    [this.young, this.old] = [new Generation(store), new Generation(store)];
  }

  /** The names that `NameJoins` finds without asking here: those that were found or set last. */
  get youngNames(): NameTable {
    return this.young.short;
  }

  /** Address of a filter, `NO_FILTER` when it was set so, undefined when it is not known. */
  find(text: string, from = 0, to = text.length): number | undefined {
    if (!this.isShort(text, from, to)) return this.findOther(text.slice(from, to));
    const known = this.young.short.find(this.name.at);
    if (known !== NOT_THERE) return known;
    if (this.old.short.size === 0) return undefined;
    const aged = this.old.short.find(this.name.at);
    return aged === NOT_THERE ? undefined : this.renewed(aged, text, from, to);
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
    if (known !== undefined) return known;
    const aged = this.old.others.get(name);
    return aged === undefined ? undefined : this.renewed(aged, name, 0, name.length);
  }

  /** The address in the young generation of what was in the old one. */
  private renewed(aged: number, text: string, from: number, to: number): number | undefined {
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
    if (this.isShort(text, from, to)) short.set(this.name.at, address);
    else others.set(ownText(text.slice(from, to)), address);
  }

  /** Whether a name is for the tables, where it is looked up next. */
  private isShort(text: string, from: number, to: number): boolean {
    this.name.clear();
    return this.name.putText(text, from, to, 0);
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
