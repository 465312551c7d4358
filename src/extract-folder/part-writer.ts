import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { ExtractPart } from '#libs/record';

const BUFFER_BYTES = 1 << 20;

/** Writes one file of an extract through a fixed buffer and hashes the bytes on their way. */
export class PartWriter {
  private readonly file: number;
  private readonly hash: Hash = createHash('sha256');
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private filled = 0;
  private bytes = 0;
  private rows = 0;
  private open = true;

  constructor(path: string) {
    this.file = openSync(path, 'wx', 0o600);
  }

  /** Appends bytes that belong to `rows` rows. */
  append(bytes: Uint8Array, rows: number): void {
    this.rows += rows;
    if (bytes.length >= BUFFER_BYTES) {
      this.flush();
      this.write(bytes);
      return;
    }
    let from = 0;
    while (from < bytes.length) {
      const piece = bytes.subarray(from, from + BUFFER_BYTES - this.filled);
      this.buffer.set(piece, this.filled);
      this.filled += piece.length;
      from += piece.length;
      if (this.filled === BUFFER_BYTES) this.flush();
    }
  }

  appendText(text: string, rows: number): void {
    if (text.length * 3 <= BUFFER_BYTES - this.filled) {
      this.filled += this.buffer.write(text, this.filled);
      this.rows += rows;
      return;
    }
    this.append(Buffer.from(text), rows);
  }

  /** Writes what is buffered, syncs the file to disk and says what it holds. */
  finish(): ExtractPart {
    this.flush();
    fsyncSync(this.file);
    this.close();
    return { rows: this.rows, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.file);
  }

  private flush(): void {
    this.write(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private write(bytes: Uint8Array): void {
    this.hash.update(bytes);
    for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
    this.bytes += bytes.length;
  }
}
