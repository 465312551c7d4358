// `WebAssembly` is a global in Node and in browsers, but the language's own library does not declare it.

export interface WebAssemblyMemory<Buffer extends ArrayBufferLike = ArrayBufferLike> {
  readonly buffer: Buffer;
}

interface WebAssemblyGlobal {
  Module: new (bytes: Uint8Array) => object;
  Memory: {
    new (limits: { initial: number; maximum: number; shared: true }): WebAssemblyMemory<SharedArrayBuffer>;
    new (limits: { initial: number }): WebAssemblyMemory<ArrayBuffer>;
  };
  Instance: new (module: object, imports: object) => { exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyGlobal };

const PAGE_BYTES = 65536;
/** What 32-bit addresses reach, less one page, so that no address behind the last byte wraps around. */
export const MOST_MEMORY_BYTES = 2 ** 32 - PAGE_BYTES;

/** Zeroed memory of at least `bytes` bytes for one thread. */
export function ownMemory(bytes: number): WebAssemblyMemory<ArrayBuffer> {
  return new WebAssembly.Memory({ initial: pages(bytes) });
}

/** Zeroed memory of at least `bytes` bytes that threads can be given. */
export function sharedMemory(bytes: number): WebAssemblyMemory<SharedArrayBuffer> {
  return new WebAssembly.Memory({ initial: pages(bytes), maximum: pages(bytes), shared: true });
}

/** Compiled modules: V8 optimises a module while it is used, and a new one would begin anew. */
const modules = new Map<string, object>();

/** The exports of a module (base64) over this memory. */
export function instantiate<Exports>(moduleBase64: string, memory: WebAssemblyMemory): Exports {
  const module = modules.get(moduleBase64)
    ?? new WebAssembly.Module(Uint8Array.from(atob(moduleBase64), (c) => c.charCodeAt(0)));
  modules.set(moduleBase64, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
}

function pages(bytes: number): number {
  if (bytes > MOST_MEMORY_BYTES) throw new RangeError(`a kernel reaches ${MOST_MEMORY_BYTES} bytes, got ${bytes}`);
  return Math.ceil(bytes / PAGE_BYTES);
}
