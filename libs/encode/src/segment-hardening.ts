import { BATCH_RECORDS, type FilterKernel } from './filter-kernel.js';
import { applyChain, hardeningChain, type BitStep, type RandomBytes } from './hardening-chain.js';
import type { KeyedHashing } from './keyed-hashing.js';
import { LinearHardening } from './linear-hardening.js';
import type { SegmentPlan } from './segment-plan.js';

/** Hardens one segment of up to 128 records at a time. */
export class SegmentHardening {
  /** Bytes of the delivered filter. */
  readonly bytes: number;
  private readonly linear: LinearHardening | undefined;
  private readonly nonlinear: readonly BitStep[];
  /** Bytes of a filter before hardening. */
  private readonly innerBytes: number;
  /** Filters of a batch that go on to `nonlinear`: their address, bits and bytes from one to the next. */
  private readonly halfway: { readonly at: number; readonly bits: number; readonly stride: number };

  /** @param filters address of the filters of a batch before hardening, `filterStride` bytes apart */
  constructor(
    private readonly kernel: FilterKernel, plan: SegmentPlan, secret: Uint8Array, randomBytes: RandomBytes,
    hashing: KeyedHashing, private readonly filters: number, private readonly filterStride: number,
  ) {
    const { segment, innerBits } = plan;
    this.bytes = segment.bits / 8;
    this.innerBytes = innerBits / 8;
    const steps = hardeningChain(plan, secret, randomBytes, hashing);
    const firstOther = steps.findIndex((step) => step.linear === undefined);
    const sets = steps.slice(0, firstOther < 0 ? steps.length : firstOther)
      .flatMap(({ linear }) => (linear ? [linear] : []));
    this.nonlinear = steps.slice(sets.length);
    this.linear = sets.length > 0 ? new LinearHardening(kernel, sets, innerBits) : undefined;
    this.halfway = this.placeHalfway(innerBits, sets.at(-1)?.length);
  }

  /** Whether `finish` has to be called for each record. */
  get hasNonlinear(): boolean {
    return this.nonlinear.length > 0;
  }

  /**
   * Writes the filters of a batch of `count` records, hardened as far as that is linear, `stride` bytes
   * apart at the address `to`; nothing there when the hardening goes on.
   */
  harden(count: number, to: number, stride: number): void {
    const { kernel, linear, filters, filterStride, halfway, bytes } = this;
    if (this.hasNonlinear) linear?.harden(filters, filterStride, halfway.at, halfway.stride);
    else if (linear !== undefined) linear.harden(filters, filterStride, to, stride);
    else kernel.run.copyRows(filters, filterStride, to, stride, bytes, count);
  }

  /** Writes the filter of a row of the last batch with the steps that are not linear. */
  finish(row: number, out: Uint8Array, offset: number): void {
    // A segment without any token stays zero, whatever its steps make of zeros.
    if (this.isEmpty(row)) {
      out.fill(0, offset, offset + this.bytes);
      return;
    }
    const { at, bits, stride } = this.halfway;
    const from = at + row * stride;
    const filter = this.kernel.bytes.subarray(from, from + Math.ceil(bits / 8));
    out.set(applyChain(this.nonlinear, filter, bits), offset);
  }

  /** Whether a row of the last batch has no token here: each of them sets a bit. */
  private isEmpty(row: number): boolean {
    const from = this.filters + row * this.filterStride;
    return this.kernel.bytes.subarray(from, from + this.innerBytes).every((byte) => byte === 0);
  }

  private placeHalfway(innerBits: number, linearBits: number | undefined): SegmentHardening['halfway'] {
    const { kernel, filters, filterStride } = this;
    if (linearBits === undefined) return { at: filters, bits: innerBits, stride: filterStride };
    const stride = Math.ceil(linearBits / 8);
    return { at: this.hasNonlinear ? kernel.allocate(BATCH_RECORDS * stride) : 0, bits: linearBits, stride };
  }
}
