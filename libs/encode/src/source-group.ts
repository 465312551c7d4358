import { DateFilters } from './date-filters.js';
import { BATCH_RECORDS, alignedBytes } from './filter-kernel.js';
import { FilterMemo, NO_FILTER } from './filter-memo.js';
import { FilterStore } from './filter-store.js';
import type { JoinList } from './join-list.js';
import { saltedToken, type SegmentPlan, type TokenSource } from './segment-plan.js';

/**
 * Values and tokens remembered for each kind of field, and bytes for all memos of an encoder: bounds, not
 * results.
 */
const MEMO_CAPACITY = 1 << 16;
const MEMO_BYTES = 1 << 29;
/** Of values and of tokens, each of two generations. */
const MEMOS = 2;
const GENERATIONS = 2;

/** One kind of value: what sets equal bits in the same segments shares memos. */
interface Memos {
  readonly values: FilterMemo;
  readonly tokens: FilterMemo;
}

/** Where a piece of a remembered filter goes in a record. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** A source as one of the segments has it. */
interface SegmentSource {
  readonly segment: number;
  readonly source: TokenSource;
}

/** Where the filters of a record's segments are before hardening: back to back. */
export interface RecordLayout {
  /** Of each segment, in bytes. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export function layoutOf(plans: readonly SegmentPlan[]): RecordLayout {
  let bytes = 0;
  const offsets = plans.map(({ innerBits }) => {
    const offset = bytes;
    bytes += alignedBytes(innerBits);
    return offset;
  });
  return { offsets, bytes };
}

/**
 * The same columns read the same way in some segments. A value is looked up once for all of them, and what
 * is remembered of it are its filters of these segments, back to back.
 */
export class SourceGroup {
  readonly segments: readonly number[];
  /** Whether a row of the batch has a token here. */
  readonly hasTokens = new Uint8Array(BATCH_RECORDS);
  private readonly columns: readonly number[];
  private readonly byParts: boolean;
  private readonly dates: DateFilters | undefined;

  constructor(
    private readonly sources: readonly SegmentSource[], private readonly spans: readonly Span[],
    private readonly saltOf: SegmentPlan['saltOf'], private readonly memos: Memos,
    private readonly store: FilterStore,
  ) {
    const [{ source }] = sources;
    this.segments = sources.map(({ segment }) => segment);
    this.columns = source.columns;
    this.byParts = source.byParts;
    this.dates = source.isDate && saltOf === undefined
      ? new DateFilters(store, (at, tokens) => this.addTokens(at, tokens, undefined)) : undefined;
  }

  /** Joins the tokens of row `row` of the batch into the filters of its record, at the address `record`. */
  add(values: readonly string[], row: number, record: number): void {
    const { columns, dates } = this;
    const salt = this.saltOf?.(values);
    let any = false;
    if (dates?.find(values[columns[0]])) {
      for (let i = 0; i < dates.found.length; i++) this.join(dates.found[i], record);
      any = true;
    } else if (columns.length > 1) {
      const several = columns.map((column) => values[column]);
      any = this.addNamed(several.map((value) => `${value.length}:${value}`).join(''), several, salt, record);
    } else {
      const value = values[columns[0]];
      let from = 0;
      for (let space = this.byParts ? value.indexOf(' ') : -1; space >= 0; space = value.indexOf(' ', from)) {
        if (this.addPart(value, from, space, salt, record)) any = true;
        from = space + 1;
      }
      if (this.addPart(value, from, value.length, salt, record)) any = true;
    }
    this.hasTokens[row] = any ? 1 : 0;
  }

  /** Adds the tokens of a part of a value; false when there is none. */
  private addPart(
    value: string, from: number, to: number, salt: string | undefined, record: number,
  ): boolean {
    if (from === to) return false;
    if (salt !== undefined) {
      const part = value.slice(from, to);
      return this.addNamed(part, [part], salt, record);
    }
    let at = this.memos.values.find(value, from, to);
    if (at === undefined) {
      const part = value.slice(from, to);
      at = this.learn(part, [part], salt);
    }
    return this.join(at, record);
  }

  /** Adds the tokens of `values`, which are remembered under `text`; false when there is none. */
  private addNamed(
    text: string, values: readonly string[], salt: string | undefined, record: number,
  ): boolean {
    const name = saltedToken(salt, text);
    return this.join(this.memos.values.find(name) ?? this.learn(name, values, salt), record);
  }

  private join(at: number, record: number): boolean {
    if (at === NO_FILTER) return false;
    const { spans, store: { joins } } = this;
    for (let i = 0; i < spans.length; i++) {
      const { from, to, bytes } = spans[i];
      joins.join(record + to, at + from, bytes);
    }
    return true;
  }

  private learn(name: string, values: readonly string[], salt: string | undefined): number {
    const { memos, sources: [{ source }] } = this;
    const tokens = source.tokensOf(values);
    if (tokens.length === 0) return memos.values.setNone(name);
    const at = memos.values.reserve(name);
    this.addTokens(at, tokens, salt);
    return at;
  }

  private addTokens(at: number, tokens: readonly string[], salt: string | undefined): void {
    for (const token of tokens) {
      const salted = saltedToken(salt, token);
      this.store.join(at, this.memos.tokens.find(salted) ?? this.learnToken(salted));
    }
  }

  private learnToken(token: string): number {
    const { store } = this;
    const first = this.memos.tokens.reserve(token);
    let at = first;
    for (const { source: { hasher, bitsPerToken, filterBits } } of this.sources) {
      for (const position of hasher(token, bitsPerToken)) store.setBit(at, position);
      at += alignedBytes(filterBits);
    }
    return first;
  }
}

/** The sources of all segments, those that read the same columns the same way together. */
export function groupSources(
  plans: readonly SegmentPlan[], layout: RecordLayout, joins: JoinList,
): SourceGroup[] {
  const together = new Map<string, SegmentSource[]>();
  plans.forEach(({ sources, saltOf }, segment) => {
    for (const source of sources) {
      // Salts are of a segment, so salted tokens are too.
      const name = `${source.tokenType} ${source.columns.join(' ')}${saltOf ? ` ${segment}` : ''}`;
      together.set(name, [...together.get(name) ?? [], { segment, source }]);
    }
  });
  const kindOf = (sources: readonly SegmentSource[]): string =>
    sources.map(({ segment, source }) => `${segment} ${source.memoName}`).join(', ');
  const groups = [...together.values()];
  const kinds = new Set(groups.map(kindOf));
  const memoBytes = MEMO_BYTES / (kinds.size * MEMOS * GENERATIONS);
  const memos = new Map<string, Memos & { readonly store: FilterStore }>();
  return groups.map((sources) => {
    const kind = memos.get(kindOf(sources)) ?? newMemos(joins, sources, memoBytes);
    memos.set(kindOf(sources), kind);
    return new SourceGroup(
      sources, spansOf(sources, layout), plans[sources[0].segment].saltOf, kind, kind.store);
  });
}

function newMemos(
  joins: JoinList, sources: readonly SegmentSource[], memoBytes: number,
): Memos & { readonly store: FilterStore } {
  const bytes = sources.reduce((sum, { source }) => sum + alignedBytes(source.filterBits), 0);
  const store = new FilterStore(joins, bytes);
  const capacity = Math.max(1, Math.min(MEMO_CAPACITY, Math.floor(memoBytes / bytes)));
  return { values: new FilterMemo(store, capacity), tokens: new FilterMemo(store, capacity), store };
}

/** One span for segments that are neighbours. */
function spansOf(sources: readonly SegmentSource[], { offsets }: RecordLayout): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const { segment, source } of sources) {
    const [bytes, to] = [alignedBytes(source.filterBits), offsets[segment]];
    const last = spans.at(-1);
    if (last !== undefined && last.to + last.bytes === to) {
      spans.splice(-1, 1, { ...last, bytes: last.bytes + bytes });
    } else spans.push({ from, to, bytes });
    from += bytes;
  }
  return spans;
}
