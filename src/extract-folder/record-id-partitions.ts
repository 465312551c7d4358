import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { RECORD_ID_BYTES } from '#libs/record';
import { RecordIdTable } from './record-id-table.js';

const PARTITIONS = 256;
const ENTRY_BYTES = RECORD_ID_BYTES + 4;
/** Entries of a partition that wait in memory: 4 MiB for all partitions. */
const BLOCK_ENTRIES = 819;
const BLOCK_BYTES = BLOCK_ENTRIES * ENTRY_BYTES;
const MAX_ROW = 2 ** 32 - 1;

/** Entries of one partition: whole blocks in the file, then those in memory. */
interface Partition {
  /** Numbers of the blocks in the file. */
  readonly blocks: number[];
  readonly waiting: Uint8Array;
  bytes: number;
}

/**
 * Record ids and the rows they came from, sorted by their first byte into partitions that lie in a file
 * once they are many. Ids are outputs of a keyed hash, so partitions are of one size, and one at a time in
 * memory tells what is repeated and what is unknown: 4 MiB and 1/256 of the ids, whatever their number.
 *
 * The file holds opaque ids and row numbers, readable by its owner alone, and goes with `close`.
 */
export class RecordIdPartitions {
  private readonly partitions: (Partition | undefined)[] = new Array<undefined>(PARTITIONS).fill(undefined);
  private file: number | undefined;
  private blocksInFile = 0;

  /** @param path where the file may be made; nothing is there as long as the ids are few */
  constructor(private readonly path: string) {}

  /**
   * Adds the id at `offset` of `bytes`, which came from row `row` (from 1).
   *
   * @throws RangeError beyond 4,294,967,295 rows.
   */
  add(bytes: Uint8Array, offset: number, row: number): void {
    if (row > MAX_ROW) throw new RangeError(`expected at most ${MAX_ROW} rows`);
    const partition = this.partitions[bytes[offset]] ??= newPartition();
    const { waiting, bytes: at } = partition;
    for (let i = 0; i < RECORD_ID_BYTES; i++) waiting[at + i] = bytes[offset + i];
    waiting[at + RECORD_ID_BYTES] = row >>> 24;
    waiting[at + RECORD_ID_BYTES + 1] = row >>> 16;
    waiting[at + RECORD_ID_BYTES + 2] = row >>> 8;
    waiting[at + RECORD_ID_BYTES + 3] = row;
    partition.bytes = at + ENTRY_BYTES;
    if (partition.bytes === BLOCK_BYTES) this.writeOut(partition);
  }

  /** Calls `visit` with each row whose id was added before, and the first row that has it; in no order. */
  forEachRepeated(visit: (row: number, first: number) => void): void {
    for (let p = 0; p < PARTITIONS; p++) this.tableOf(p, visit);
  }

  /** Calls `visit` with the row of each id that is not in `known`; in no order. */
  forEachUnknown(known: RecordIdPartitions, visit: (row: number) => void): void {
    for (let p = 0; p < PARTITIONS; p++) {
      if (this.partitions[p] === undefined) continue;
      const table = known.tableOf(p, () => undefined);
      this.forEachEntry(p, (entries, at, row) => {
        if (table.rowOf(entries, at) === 0) visit(row);
      });
    }
  }

  /** Removes the file. */
  close(): void {
    if (this.file === undefined) return;
    closeSync(this.file);
    rmSync(this.path, { force: true });
    this.file = undefined;
  }

  private tableOf(p: number, visitRepeated: (row: number, first: number) => void): RecordIdTable {
    const table = new RecordIdTable();
    this.forEachEntry(p, (entries, at, row) => {
      const first = table.add(entries, row, at);
      if (first > 0) visitRepeated(row, first);
    });
    return table;
  }

  private forEachEntry(p: number, visit: (entries: Uint8Array, at: number, row: number) => void): void {
    const partition = this.partitions[p];
    if (partition === undefined) return;
    const block = new Uint8Array(BLOCK_BYTES);
    for (const number of partition.blocks) {
      for (let read = 0; read < BLOCK_BYTES;) {
        const from = number * BLOCK_BYTES + read;
        const count = readSync(this.file as number, block, read, BLOCK_BYTES - read, from);
        if (count === 0) throw new Error(`${this.path}: ended before its last block`);
        read += count;
      }
      visitEntries(block, BLOCK_BYTES, visit);
    }
    visitEntries(partition.waiting, partition.bytes, visit);
  }

  private writeOut(partition: Partition): void {
    this.file ??= openSync(this.path, 'wx+', 0o600);
    const from = this.blocksInFile * BLOCK_BYTES;
    for (let written = 0; written < BLOCK_BYTES;) {
      written += writeSync(this.file, partition.waiting, written, BLOCK_BYTES - written, from + written);
    }
    partition.blocks.push(this.blocksInFile++);
    partition.bytes = 0;
  }
}

function newPartition(): Partition {
  return { blocks: [], waiting: new Uint8Array(BLOCK_BYTES), bytes: 0 };
}

function visitEntries(
  entries: Uint8Array, bytes: number, visit: (entries: Uint8Array, at: number, row: number) => void,
): void {
  const view = new DataView(entries.buffer);
  for (let at = 0; at < bytes; at += ENTRY_BYTES) visit(entries, at, view.getUint32(at + RECORD_ID_BYTES));
}
