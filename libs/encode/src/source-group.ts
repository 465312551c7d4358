import { DateFilters } from './date-filters.js';
import type { FieldBatch, FieldsVisitor } from './field-batch.js';
import { alignedBytes } from './filter-kernel.js';
import type { JoinList } from './join-list.js';
import { NameJoins, type Span } from './name-joins.js';
import type { SegmentPlan, TokenSource } from './segment-plan.js';
import { SourceMemo } from './source-memo.js';
import { textOf } from './utf8.js';

/** Bytes for all memos of an encoder: a bound, not a result. */
const MEMO_BYTES = 1 << 29;

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
  /** Whether only `add` will do, because several values are read together. */
  readonly needsTexts: boolean;
  private readonly columns: readonly number[];
  private readonly byParts: boolean;
  private readonly dates: DateFilters | undefined;
  private readonly names: NameJoins;

  constructor(
    source: TokenSource, spans: readonly Span[], private readonly saltOf: SegmentPlan['saltOf'],
    private readonly memo: SourceMemo,
  ) {
    this.columns = source.columns;
    this.byParts = source.byParts;
    this.needsTexts = source.columns.length > 1 || saltOf !== undefined;
    this.dates = source.isDate && saltOf === undefined
      ? new DateFilters(memo.store, (at, tokens) => memo.addTokens(at, tokens)) : undefined;
    this.names = new NameJoins(
      memo.values, spans, (name, record) => this.names.join(memo.ofValue(name), record));
  }

  /** Joins the tokens of a record, in time for `settle`, into its filters at the address `record`. */
  add(values: readonly string[], record: number): void {
    const { columns, memo, names } = this;
    const value = values[columns[0]];
    const salt = this.saltOf?.(values);
    if (this.dates?.find(value)) this.joinDate(record);
    else if (columns.length > 1) {
      const several = columns.map((column) => values[column]);
      const name = several.map((each) => `${each.length}:${each}`).join('');
      names.join(memo.ofValues(name, several, salt), record);
    } else {
      for (let from = 0, to = 0; from <= value.length; from = to + 1) {
        to = this.byParts ? value.indexOf(' ', from) : value.length;
        if (to < 0) to = value.length;
        if (to > from) this.addPart(value, from, to, salt, record);
      }
    }
  }

  /**
   * The same for a value that is bytes of `text`, in UTF-8: column `c` is there from `fields[first + 2 c]`
   * to the next number.
   */
  addField(text: Uint8Array, fields: Uint32Array, first: number, record: number): void {
    const { byParts, memo, names } = this;
    const place = first + 2 * this.columns[0];
    const end = fields[place + 1];
    let from = fields[place];
    if (this.dates?.findBytes(text, from, end)) return this.joinDate(record);
    for (let to = from; to <= end; to++) {
      if (to < end && !(byParts && text[to] === SPACE)) continue;
      if (to > from && !names.putBytes(text, from, to, record)) {
        names.join(memo.ofValue(textOf(text, from, to)), record);
      }
      from = to + 1;
    }
  }

  /** The same for all records of a batch, `recordStep` bytes apart from the address `record` on. */
  addFields(batch: FieldBatch, record: number, recordStep: number): void {
    const { names, dates, byParts, columns: [column] } = this;
    const addOther: FieldsVisitor = (text, fields, first, row) =>
      this.addField(text, fields, first, record + row * recordStep);
    if (dates !== undefined) names.addDates(batch, column, dates, record, recordStep, addOther);
    else names.addFields(batch, column, byParts, record, recordStep, addOther);
  }

  /** Lists or does the joins of all records so far; those that are listed are done by the list's `flush`. */
  settle(): void {
    this.names.settle();
  }

  private addPart(value: string, from: number, to: number, salt: string | undefined, record: number): void {
    const { memo, names } = this;
    if (salt === undefined && names.putText(value, from, to, record)) return;
    const part = value.slice(from, to);
    names.join(salt === undefined ? memo.ofValue(part) : memo.ofValues(part, [part], salt), record);
  }

  private joinDate(record: number): void {
    const { found } = this.dates as DateFilters;
    for (let i = 0; i < found.length; i++) this.names.join(found[i], record);
  }
}

const SPACE = 0x20;

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
  const memos = new Map<string, SourceMemo>();
  return groups.map((group) => {
    const kind = kindOf(group);
    const memo = memos.get(kind)
      ?? new SourceMemo(joins, group.map(({ source }) => source), MEMO_BYTES / kinds.size);
    memos.set(kind, memo);
    return new SourceGroup(group[0].source, spansOf(group, layout), plans[group[0].segment].saltOf, memo);
  });
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
