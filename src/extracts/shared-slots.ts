import type { MessagePort } from 'node:worker_threads';

/** Enough that one thread fills a slot while the other reads one. */
const SLOTS = 2;

/** One thread's end of memory that it shares with another. */
export interface SharedSlots {
  readonly memory: SharedArrayBuffer;
  readonly slotBytes: number;
  readonly port: MessagePort;
}

/** Bytes of a part from byte `place`. */
export interface PlacedBytes {
  readonly place: number;
  readonly bytes: Buffer;
}

interface FilledSlot {
  readonly slot: number;
  readonly place: number;
  readonly length: number;
}

/** The end of `SlotFiller` and that of `filledSlots`; to another thread goes one, its port transferred. */
export function sharedSlots(slotBytes: number): readonly [SharedSlots, SharedSlots] {
  const memory = new SharedArrayBuffer(SLOTS * slotBytes);
  const { port1, port2 } = new MessageChannel();
  return [{ memory, slotBytes, port: port1 }, { memory, slotBytes, port: port2 }];
}

/** Hands bytes to another thread in the memory in which they arrive, and waits while that has enough. */
export class SlotFiller {
  private readonly free = Array.from({ length: SLOTS }, (_, slot) => slot);
  private heard: () => void = () => undefined;
  private filling = -1;
  private stopped: Error | undefined;

  constructor(private readonly slots: SharedSlots) {
    slots.port.on('message', (slot: number) => {
      this.free.push(slot);
      this.heard();
    });
  }

  /** Memory for what comes next, as soon as there is some. @throws Error of `stop`. */
  async room(length: number): Promise<Buffer> {
    const { memory, slotBytes } = this.slots;
    if (length > slotBytes) throw new Error(`${length} bytes are longer than any that are stored`);
    for (;;) {
      if (this.stopped) throw this.stopped;
      const slot = this.free.shift();
      if (slot === undefined) {
        await new Promise<void>((go) => { this.heard = go; });
        continue;
      }
      this.filling = slot;
      return Buffer.from(memory, slot * slotBytes, length);
    }
  }

  /** `length` bytes lie in the memory that was asked for last. */
  send(place: number, length: number): void {
    this.slots.port.postMessage({ slot: this.filling, place, length } satisfies FilledSlot);
  }

  end(): void {
    this.slots.port.postMessage('end');
  }

  /** Nobody empties the slots any more: who waits for one hears why. */
  stop(reason: Error): void {
    this.stopped = reason;
    this.heard();
  }
}

/** What another thread has filled, in its order; each good until the next is asked for. */
export async function* filledSlots({ memory, slotBytes, port }: SharedSlots): AsyncGenerator<PlacedBytes> {
  const filled: (FilledSlot | 'end')[] = [];
  let heard: () => void = () => undefined;
  port.on('message', (message: FilledSlot | 'end') => {
    filled.push(message);
    heard();
  });
  for (;;) {
    const next = filled.shift();
    if (next === 'end') return port.close();
    if (next === undefined) {
      await new Promise<void>((go) => { heard = go; });
      continue;
    }
    yield { place: next.place, bytes: Buffer.from(memory, next.slot * slotBytes, next.length) };
    port.postMessage(next.slot);
  }
}
