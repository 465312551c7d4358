import type { FilterKernel } from './filter-kernel.js';

/** What `find` gives for a name that is not there. */
export const NOT_THERE = 0;

const SLOT_BYTES = 32;
const FIRST_SLOTS = 256;

/**
 * Numbers by short names, in the memory of a kernel. A slot holds a name and its number, so that one access
 * to memory finds it, where a `Map` follows pointers to an entry, a text and its characters.
 */
export class NameTable {
  /** Address of the slots, and their bytes: a power of two. */
  slots: number;
  private bytes = FIRST_SLOTS * SLOT_BYTES;
  private count = 0;

  constructor(private readonly kernel: FilterKernel) {
    this.slots = kernel.allocate(this.bytes);
  }

  get size(): number {
    return this.count;
  }

  /** What the kernel takes beside the address of the slots. */
  get mask(): number {
    return this.bytes - SLOT_BYTES;
  }

  /** The number of the name at an address (that of an entry of a `NameList`), or `NOT_THERE`. */
  find(name: number): number {
    // The kernel gives numbers with a sign, as `set` takes them.
    return this.kernel.run.findName(this.slots, this.mask, name);
  }

  /** Gives the name at an address a number that is not `NOT_THERE`. */
  set(name: number, number: number): void {
    this.count += this.kernel.run.setName(this.slots, this.mask, name, number);
    if (2 * this.count * SLOT_BYTES > this.bytes) this.grow();
  }

  clear(): void {
    this.kernel.bytes.fill(0, this.slots, this.slots + this.bytes);
    this.count = 0;
  }

  private grow(): void {
    const { kernel, slots, bytes } = this;
    this.bytes = 2 * bytes;
    this.slots = kernel.allocate(this.bytes);
    kernel.run.moveNames(slots, bytes, this.slots, this.mask);
  }
}
