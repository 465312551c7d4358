import { BigramFilters } from './bigram-filters.js';
import { alignedBytes } from './filter-kernel.js';
import { FilterMemo } from './filter-memo.js';
import { FilterStore } from './filter-store.js';
import type { JoinList } from './join-list.js';
import { saltedToken, type TokenSource } from './segment-plan.js';
import { transliterate } from './transliteration.js';

/** Values and tokens remembered for each kind of field: a bound, not a result. */
const MEMO_CAPACITY = 1 << 16;
/** Memos of values and of tokens, each of two generations. */
const MEMOS = 2;
const GENERATIONS = 2;

/**
 * Filters of one kind of value: those of all segments that read it, back to back. What is not known is
 * learnt from its tokens, and remembered.
 */
export class SourceMemo {
  readonly store: FilterStore;
  /** What `ofValue` remembers. */
  readonly values: FilterMemo;
  private readonly tokens: FilterMemo;
  private readonly bigrams: BigramFilters | undefined;

  /**
   * @param sources one for each segment, which differ in keys and lengths only
   * @param memoBytes bound for all that is remembered
   */
  constructor(joins: JoinList, private readonly sources: readonly TokenSource[], memoBytes: number) {
    const bytes = sources.reduce((sum, { filterBits }) => sum + alignedBytes(filterBits), 0);
    const capacity = Math.floor(memoBytes / (bytes * MEMOS * GENERATIONS));
    const bounded = Math.max(1, Math.min(MEMO_CAPACITY, capacity));
    this.store = new FilterStore(joins, bytes);
    this.values = new FilterMemo(this.store, bounded);
    this.tokens = new FilterMemo(this.store, bounded);
    this.bigrams = sources[0].byParts
      ? new BigramFilters(this.store, (at, tokens) => this.addTokens(at, tokens)) : undefined;
  }

  /** Address of the filter of a value of the only column, or `NO_FILTER` when it has no token. */
  ofValue(value: string): number {
    return this.values.find(value) ?? this.learn(value, [value], undefined);
  }

  /** The same for values of some columns, remembered under `text`. */
  ofValues(text: string, values: readonly string[], salt: string | undefined): number {
    const name = saltedToken(salt, text);
    return this.values.find(name) ?? this.learn(name, values, salt);
  }

  /** Adds tokens to the filter at `at`, when the listed joins are done. */
  addTokens(at: number, tokens: readonly string[], salt?: string): void {
    for (const token of tokens) {
      const salted = saltedToken(salt, token);
      this.store.join(at, this.tokens.find(salted) ?? this.learnToken(salted));
    }
  }

  private learn(name: string, values: readonly string[], salt: string | undefined): number {
    const { sources: [source], bigrams } = this;
    if (bigrams !== undefined && salt === undefined) {
      const written = transliterate(values[0]);
      if (bigrams.canJoin(written)) {
        const at = this.values.reserve(name);
        bigrams.join(at, written);
        return at;
      }
    }
    const tokens = source.tokensOf(values);
    if (tokens.length === 0) return this.values.setNone(name);
    const at = this.values.reserve(name);
    this.addTokens(at, tokens, salt);
    return at;
  }

  private learnToken(token: string): number {
    const { store } = this;
    const first = this.tokens.reserve(token);
    let at = first;
    for (const { hasher, bitsPerToken, filterBits } of this.sources) {
      for (const position of hasher(token, bitsPerToken)) store.setBit(at, position);
      at += alignedBytes(filterBits);
    }
    return first;
  }
}
