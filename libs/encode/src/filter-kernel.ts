import { KERNEL_MODULE_BASE64 } from './kernel-module.js';

interface KernelExports {
  joinFilters(list: number, count: number): void;
  findName(slots: number, mask: number, name: number): number;
  setName(slots: number, mask: number, name: number, number: number): number;
  moveNames(from: number, bytes: number, slots: number, mask: number): void;
  joinNames(
    slots: number, mask: number, entries: number, count: number, spans: number, spanCount: number,
    missed: number,
  ): number;
  findFields(
    text: number, bytes: number, delimiter: number, lineBreak: number, breakBytes: number, trim: number,
    columns: number, maxRecord: number, ends: number,
  ): number;
  listNames(
    text: number, fields: number, fieldStep: number, rows: number, byParts: number, record: number,
    recordStep: number, entries: number, capacity: number, counts: number, others: number,
  ): number;
  joinDates(
    text: number, fields: number, fieldStep: number, rows: number, years: number, days: number, spans: number,
    spanCount: number, record: number, recordStep: number, others: number,
  ): number;
  putMessages(text: number, fields: number, fieldStep: number, count: number, blocks: number): void;
  sumColumns(sets: number, t: number, count: number, out: number): void;
  transpose(
    from: number, fromStride: number, to: number, toStride: number, bytes: number, scratch: number): void;
  copyRows(
    from: number, fromStride: number, to: number, toStride: number, bytes: number, rows: number): void;
  authenticate(
    states: number, constants: number, blocks: number, fours: number, words: number, out: number,
    scratch: number,
  ): void;
  compress(state: number, constants: number, schedule: number): void;
}

interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

// `WebAssembly` is a global in Node and in browsers, but the language's own library does not declare it.
interface WebAssemblyGlobal {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number }) => KernelMemory;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyGlobal };
const PAGE_BYTES = 65536;
const ALIGNMENT = 64;
const MAX_BYTES = 2 ** 31;
/**
 * Memory grows by a quarter, and at least so much: each growth makes new views, and the collector counts the
 * whole memory again for each of them. What is not touched takes no room in the machine.
 */
const LEAST_GROWTH_BYTES = 1 << 22;

/** Records that linear hardening takes at a time: the bits of a SIMD register. */
export const BATCH_RECORDS = 128;
/** Filters in the memory of a kernel are filled with zero bits to whole SIMD registers. */
export const FILTER_ALIGNMENT_BYTES = 16;

/** Bytes that a filter of so many bits has in the memory of a kernel. */
export function alignedBytes(bits: number): number {
  return Math.ceil(bits / 8 / FILTER_ALIGNMENT_BYTES) * FILTER_ALIGNMENT_BYTES;
}

/** A matrix, and 16 rows on their way into it. */
const TRANSPOSE_SCRATCH_BYTES = (BATCH_RECORDS + 16) * FILTER_ALIGNMENT_BYTES;

let compiled: object | undefined;

/**
 * One instance of the kernel (kernel/kernel.as) and its memory, in which nothing is freed: what is
 * allocated lives as long as the kernel. Addresses are byte offsets.
 */
export class FilterKernel {
  readonly run: KernelExports;
  /** Views of the whole memory; allocating may replace them. */
  bytes: Uint8Array;
  halves: Uint16Array;
  words: Uint32Array;
  readonly scratch: number;
  private readonly memory: KernelMemory;
  // Address 0 stays free, so that no filter has it.
  private top = ALIGNMENT;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_MODULE_BASE64), (c) => c.charCodeAt(0)));
    this.memory = new WebAssembly.Memory({ initial: 1 });
    this.run = new WebAssembly.Instance(compiled, { env: { memory: this.memory } }).exports as KernelExports;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.halves = new Uint16Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
    this.scratch = this.allocate(TRANSPOSE_SCRATCH_BYTES);
  }

  /**
   * Address of `bytes` zero bytes, a multiple of 64.
   *
   * @throws RangeError when 2 GiB, or the machine's memory, are used up.
   */
  allocate(bytes: number): number {
    const at = this.top;
    this.top = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    if (this.top > MAX_BYTES) throw new RangeError('expected the filters of an encoder to fit into 2 GiB');
    if (this.top > this.bytes.length) this.grow();
    return at;
  }

  private grow(): void {
    const { length } = this.bytes;
    const wanted = Math.max(this.top, length + Math.max(LEAST_GROWTH_BYTES, length >>> 2));
    this.memory.grow(Math.ceil((Math.min(wanted, MAX_BYTES) - length) / PAGE_BYTES));
    this.bytes = new Uint8Array(this.memory.buffer);
    this.halves = new Uint16Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
  }
}
