import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import type { UploadOptions } from 'tus-js-client';

/** Read and handed to the socket at once; there are two, one is read while the other is sent. */
const STEP_BYTES = 1 << 18;

/** Bytes `start` to `start + size` of a file. */
export class FileRange {
  constructor(private readonly path: string, private readonly start: number, readonly size: number) {}

  /** Bytes `from` to `to` of these. */
  part(from: number, to: number): FileRange {
    return new FileRange(this.path, this.start + from, Math.min(to, this.size) - from);
  }

  /**
   * Writes the body of a request from memory that is used again: streams of files take new memory for each
   * piece, and the collector of old objects comes for it. Ends when all is handed over, or the request gone.
   *
   * @throws Error where the file cannot be read, or is shorter by now.
   */
  async writeTo(request: ClientRequest): Promise<void> {
    const gone = new Promise<void>((done) => request.once('close', done));
    const memory = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(STEP_BYTES, this.size)));
    const file = await open(this.path);
    const read = async (at: number, turn: number): Promise<Buffer> => {
      const length = Math.min(STEP_BYTES, this.size - at);
      const { bytesRead } = await file.read(memory[turn], 0, length, this.start + at);
      if (bytesRead === 0 && length > 0) throw new Error('the file has become shorter');
      return memory[turn].subarray(0, bytesRead);
    };
    try {
      let next = read(0, 0);
      for (let at = 0, turn = 1; at < this.size && !request.destroyed; turn = 1 - turn) {
        const bytes = await next;
        at += bytes.length;
        next = read(at, turn);
        next.catch(() => undefined); // Heard at the next await.
        await Promise.race([gone, new Promise((done) => request.write(bytes, done))]);
      }
      await next;
    } finally {
      await file.close();
    }
  }
}

/** Lets the protocol's client cut a range into requests. */
export const fileRangeReader: NonNullable<UploadOptions['fileReader']> = {
  openFile: (range: FileRange) => Promise.resolve({
    size: range.size,
    slice: (from: number, to: number) => (
      Promise.resolve({ value: range.part(from, to), done: to >= range.size })),
    close: () => undefined,
  }),
};

/** The client's types know what a browser has, and streams. */
export function asUpload(range: FileRange): ReadStream {
  return range as unknown as ReadStream;
}
