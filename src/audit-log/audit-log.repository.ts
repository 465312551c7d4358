import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Frontier, SubtreeRoots, type LeafRange, type StoredLeaf } from '#libs/audit';

/** Leaves read at once; an event has at most 16 KiB. */
const PAGE = 1_000;

/** Reads the log as the login that may do nothing else. */
@Injectable()
export class AuditLogRepository {
  private readonly roots = new SubtreeRoots(async ({ start, end }) => {
    const rows = await this.database.query<{ leaf_hash: Buffer }[]>(
      'SELECT leaf_hash FROM audit.event WHERE seq >= $1 AND seq < $2 ORDER BY seq', [start, end]);
    return rows.map((row) => row.leaf_hash);
  });

  constructor(@InjectDataSource('audit') readonly database: DataSource) {}

  /** The tree as it is now. */
  async head(): Promise<Frontier> {
    const [row] = await this.database.query<[{ size: string; frontier: Buffer[] }]>(
      'SELECT size, frontier FROM audit.tree_head');
    return Frontier.restore(Number(row.size), row.frontier.map((hash) => new Uint8Array(hash)));
  }

  /** The canonical text of a leaf. */
  async leaf(seq: number): Promise<string | undefined> {
    const rows = await this.database.query<{ event: string }[]>('SELECT event FROM audit.event WHERE seq = $1', [seq]);
    return rows[0]?.event;
  }

  /** Root of the subtree over some leaves; of most, the hashes are read once in the life of the process. */
  subtreeRoot(range: LeafRange): Promise<Uint8Array> {
    return this.roots.root(range);
  }

  /** The first `size` leaves in order, a page at a time: the log only grows, so pages fit together. */
  async* leaves(size: number): AsyncGenerator<StoredLeaf> {
    for (let from = 0; from < size; from += PAGE) {
      const rows = await this.database.query<{ event: string; leaf_hash: Buffer }[]>(
        'SELECT event, leaf_hash FROM audit.event WHERE seq >= $1 AND seq < $2 ORDER BY seq',
        [from, Math.min(from + PAGE, size)]);
      for (const row of rows) yield { canonicalEvent: row.event, leafHash: row.leaf_hash };
    }
  }
}
