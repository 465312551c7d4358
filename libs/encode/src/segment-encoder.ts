import { BATCH_RECORDS, type FilterKernel } from './filter-kernel.js';
import { FilterMemo, NO_FILTER } from './filter-memo.js';
import { FilterStore } from './filter-store.js';
import { applyChain, hardeningChain, type BitStep, type RandomBytes } from './hardening-chain.js';
import { LinearHardening } from './linear-hardening.js';
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

/** Memos of one kind of value: what sets equal bits shares them. */
interface Memos {
  readonly values: FilterMemo;
  readonly tokens: FilterMemo;
}

/** Encodes one segment of up to 128 records at a time. */
export class SegmentEncoder {
  /** Bytes of the delivered filter. */
  readonly bytes: number;
  private readonly store: FilterStore;
  /** Address of the filters of a batch before hardening. */
  private readonly filters: number;
  private readonly hasTokens = new Uint8Array(BATCH_RECORDS);
  private readonly linear: LinearHardening | undefined;
  private readonly nonlinear: readonly BitStep[];
  /** Filters of a batch that go on to `nonlinear`: their address, bits and bytes from one to the next. */
  private readonly halfway: { readonly at: number; readonly bits: number; readonly stride: number };
  private readonly sources: readonly (readonly [TokenSource, Memos])[];

  /** @param segments number of segments that share the memory for memos */
  constructor(
    private readonly kernel: FilterKernel, private readonly plan: SegmentPlan, secret: Uint8Array,
    randomBytes: RandomBytes, segments: number,
  ) {
    this.bytes = plan.segment.bits / 8;
    this.store = new FilterStore(kernel, plan.innerBits);
    this.filters = this.store.allocate(BATCH_RECORDS);
    const steps = hardeningChain(plan, secret, randomBytes);
    const firstOther = steps.findIndex((step) => step.linear === undefined);
    const sets = steps.slice(0, firstOther < 0 ? steps.length : firstOther)
      .flatMap(({ linear }) => (linear ? [linear] : []));
    this.nonlinear = steps.slice(sets.length);
    this.linear = sets.length > 0 ? new LinearHardening(kernel, sets, plan.innerBits) : undefined;
    this.halfway = this.placeHalfway(sets.at(-1)?.length);
    const names = [...new Set(plan.sources.map(({ memoName }) => memoName))];
    const bytes = MEMO_BYTES / (segments * names.length * MEMOS * GENERATIONS);
    const capacity = Math.min(MEMO_CAPACITY, Math.floor(bytes / this.store.filterBytes));
    const memos = new Map(names.map((name) => [name, this.newMemos(capacity)]));
    this.sources = plan.sources.map((source) => [source, memos.get(source.memoName) as Memos]);
  }

  /** Whether `finish` has to be called for each record. */
  get hasNonlinear(): boolean {
    return this.nonlinear.length > 0;
  }

  /**
   * Encodes the rows from `first` on and writes their filters, hardened as far as that is linear, `stride`
   * bytes apart at the address `to`; nothing there when the hardening goes on.
   */
  encodeBatch(
    rows: readonly (readonly string[])[], first: number, count: number, to: number, stride: number,
  ): void {
    const { store, linear, filters, hasTokens, halfway } = this;
    store.clear(filters, count);
    for (let row = 0; row < count; row++) {
      hasTokens[row] = this.collect(rows[first + row], filters + row * store.filterBytes) ? 1 : 0;
    }
    store.flush();
    if (this.hasNonlinear) linear?.harden(filters, store.filterBytes, halfway.at, halfway.stride);
    else if (linear !== undefined) linear.harden(filters, store.filterBytes, to, stride);
    else this.kernel.run.copyRows(filters, store.filterBytes, to, stride, this.bytes, count);
  }

  /** Writes the filter of a row of the last batch, with the steps that are not linear, to `out`. */
  finish(row: number, out: Uint8Array, offset: number): void {
    const { at, bits, stride } = this.halfway;
    if (this.hasTokens[row] === 0) {
      out.fill(0, offset, offset + this.bytes);
      return;
    }
    const from = at + row * stride;
    out.set(applyChain(this.nonlinear, this.kernel.bytes.subarray(from, from + stride), bits), offset);
  }

  private placeHalfway(linearBits: number | undefined): SegmentEncoder['halfway'] {
    const { plan: { innerBits }, store, kernel } = this;
    if (linearBits === undefined) return { at: this.filters, bits: innerBits, stride: store.filterBytes };
    const stride = Math.ceil(linearBits / 8);
    return { at: this.hasNonlinear ? kernel.allocate(BATCH_RECORDS * stride) : 0, bits: linearBits, stride };
  }

  /** Joins the tokens of a record into the filter at `filter`; false when there is none. */
  private collect(values: readonly string[], filter: number): boolean {
    const salt = this.plan.saltOf?.(values);
    let any = false;
    for (const [source, memos] of this.sources) {
      const { columns } = source;
      if (columns.length > 1) {
        const several = columns.map((column) => values[column]);
        const name = several.map((value) => `${value.length}:${value}`).join('');
        any = this.add(source, memos, name, several, salt, filter) || any;
        continue;
      }
      const value = values[columns[0]];
      let from = 0;
      for (let space = source.byParts ? value.indexOf(' ') : -1; space >= 0; space = value.indexOf(' ', from)) {
        any = this.addPart(source, memos, value, from, space, salt, filter) || any;
        from = space + 1;
      }
      any = this.addPart(source, memos, value, from, value.length, salt, filter) || any;
    }
    return any;
  }

  /** Adds the tokens of a part of a value; false when there is none. */
  private addPart(
    source: TokenSource, memos: Memos, value: string, from: number, to: number, salt: string | undefined,
    filter: number,
  ): boolean {
    if (from === to) return false;
    if (salt !== undefined) {
      const part = value.slice(from, to);
      return this.add(source, memos, part, [part], salt, filter);
    }
    let at = memos.values.find(value, from, to);
    if (at === undefined) {
      const part = value.slice(from, to);
      at = this.learn(source, memos, part, [part], salt);
    }
    if (at === NO_FILTER) return false;
    this.store.join(filter, at);
    return true;
  }

  /** Adds the tokens of `values`, which are remembered under `text`; false when there is none. */
  private add(
    source: TokenSource, memos: Memos, text: string, values: readonly string[], salt: string | undefined,
    filter: number,
  ): boolean {
    const name = saltedToken(salt, text);
    const at = memos.values.find(name) ?? this.learn(source, memos, name, values, salt);
    if (at === NO_FILTER) return false;
    this.store.join(filter, at);
    return true;
  }

  private learn(
    source: TokenSource, memos: Memos, name: string, values: readonly string[], salt: string | undefined,
  ): number {
    const tokens = source.tokensOf(values);
    if (tokens.length === 0) return memos.values.setNone(name);
    const at = memos.values.reserve(name);
    for (const token of tokens) {
      const salted = saltedToken(salt, token);
      this.store.join(at, memos.tokens.find(salted) ?? this.learnToken(source, memos.tokens, salted));
    }
    return at;
  }

  private learnToken({ hasher, bitsPerToken }: TokenSource, memo: FilterMemo, token: string): number {
    const at = memo.reserve(token);
    for (const position of hasher(token, bitsPerToken)) this.store.setBit(at, position);
    return at;
  }

  private newMemos(capacity: number): Memos {
    return { values: new FilterMemo(this.store, capacity), tokens: new FilterMemo(this.store, capacity) };
  }
}
