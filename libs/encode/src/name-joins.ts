import type { DateFilters } from './date-filters.js';
import type { FieldBatch, FieldsVisitor } from './field-batch.js';
import type { FilterMemo } from './filter-memo.js';
import { NO_FILTER } from './filter-memo.js';
import { NameList } from './name-list.js';

/** Where a piece of a remembered filter goes in a record; in bytes, whole SIMD registers. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** Enough for two names of each record of a batch, and for those of one record more. */
const LISTED_NAMES = 288;
const SPAN_WORDS = 3;

/**
 * Joins remembered filters into records, by their names: names are listed and looked up many at a time,
 * because the processor then waits for the memory that they lie in once and not for each.
 */
export class NameJoins {
  private readonly names: NameList;
  /** Addresses of the spans as the kernel takes them, and of the numbers of names that it did not find. */
  private readonly spanList: number;
  private readonly missed: number;

  /**
   * @param learn what is to be done for a name that is not remembered; the record is at an address
   */
  constructor(
    private readonly memo: FilterMemo, private readonly spans: readonly Span[],
    private readonly learn: (name: string, record: number) => void,
  ) {
    const { kernel } = memo.store;
    this.names = new NameList(kernel, LISTED_NAMES);
    this.missed = kernel.allocate(4 * LISTED_NAMES);
    this.spanList = kernel.allocate(4 * SPAN_WORDS * spans.length);
    kernel.words.set(spans.flatMap(({ from, to, bytes }) => [from, to, bytes]), this.spanList / 4);
  }

  /**
   * Lists the filter of a name, the characters `from` to `to` of a text, for the record at an address; false
   * when names like this are not listed.
   */
  putText(text: string, from: number, to: number, record: number): boolean {
    if (this.names.isFull) this.settle();
    return this.names.putText(text, from, to, record);
  }

  /** The same for bytes of a text in valid UTF-8. */
  putBytes(text: Uint8Array, from: number, to: number, record: number): boolean {
    if (this.names.isFull) this.settle();
    return this.names.putBytes(text, from, to, record);
  }

  /**
   * Joins column `column` of a batch, its fields or the parts of them, into the records that begin at
   * `record` and are `recordStep` bytes apart; calls `addOther` for rows with parts that are not listed.
   */
  addFields(
    batch: FieldBatch, column: number, byParts: boolean, record: number, recordStep: number,
    addOther: FieldsVisitor,
  ): void {
    this.settle();
    for (let row = 0; row < batch.count;) {
      const { rows, others } = this.names.putFields(batch, column, row, byParts, record, recordStep);
      this.settle();
      batch.visitOthers(row, others, addOther);
      this.settle();
      row += rows;
    }
  }

  /**
   * Joins filters of dates, which have two parts each, as `FilterKernel.run.joinDates` finds them; the same.
   */
  addDates(
    batch: FieldBatch, column: number, dates: DateFilters, record: number, recordStep: number,
    addOther: FieldsVisitor,
  ): void {
    const { memo: { store: { kernel, joins } }, spans, spanList } = this;
    // Filters that were made before are complete only now.
    joins.flush();
    const others = kernel.run.joinDates(
      batch.textAt, batch.fieldsAt + 8 * column, batch.rowStep, batch.count, dates.years, dates.days,
      spanList, spans.length, record, recordStep, batch.others);
    batch.visitOthers(0, others, addOther);
  }

  /** Lists the joins of the filter at `at` (or `NO_FILTER`) into the record at an address. */
  join(at: number, record: number): void {
    if (at === NO_FILTER) return;
    const { spans, memo: { store: { joins } } } = this;
    for (let i = 0; i < spans.length; i++) {
      const { from, to, bytes } = spans[i];
      joins.join(record + to, at + from, bytes);
    }
  }

  /** Joins or learns what is listed; joins of what was learnt are listed with those of the store. */
  settle(): void {
    const { names, missed, spanList, spans, memo: { store: { kernel, joins }, youngNames } } = this;
    if (names.count === 0) return;
    // Filters that were learnt before are complete only now.
    joins.flush();
    const { slots, mask } = youngNames;
    const misses = kernel.run.joinNames(
      slots, mask, names.at, names.count, spanList, spans.length, missed);
    for (let i = 0; i < misses; i++) {
      const index = kernel.words[missed / 4 + i];
      this.learn(names.textAt(index), names.targetAt(index));
    }
    names.clear();
  }
}
