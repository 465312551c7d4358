import { bestPartition } from './best-partition.js';
import { unlinkedWeight, type PairWeights } from './pair-weights.js';

/** Entities while they are decided: members of each, and what changes to them are worth. */
export class EntityMap {
  /** Number of changes so far. */
  changes = 0;
  private readonly members = new Map<number, readonly number[]>();
  private readonly changed = new Map<number, number>();
  /** Position of a record in the set that is being divided, -1 outside. */
  private readonly place: Int32Array;

  /** @param entityOf smallest record of the entity of each record; kept up to date. */
  constructor(private readonly weights: PairWeights, readonly entityOf: Uint32Array) {
    this.place = new Int32Array(entityOf.length).fill(-1);
  }

  /** Takes up the entities of a component: its records, ascending. */
  open(records: readonly number[]): void {
    const members = new Map<number, number[]>();
    for (const record of records) {
      const own = members.get(this.entityOf[record]);
      if (own) own.push(record);
      else members.set(this.entityOf[record], [record]);
    }
    for (const [entity, own] of members) this.members.set(entity, own);
  }

  close(records: readonly number[]): void {
    for (const record of records) {
      this.members.delete(record);
      this.changed.delete(record);
    }
  }

  changedAt(record: number): number {
    return this.changed.get(this.entityOf[record]) ?? 0;
  }

  /** Number of records in the entities of two records. */
  sizeTogether(a: number, b: number): number {
    const ofA = this.membersOf(a).length;
    return this.entityOf[a] === this.entityOf[b] ? ofA : ofA + this.membersOf(b).length;
  }

  /** Records and links that `moveBest` reads. */
  stepsToMove(a: number, b: number): number {
    const links = (record: number): number => this.weights.starts[record + 1] - this.weights.starts[record];
    if (this.entityOf[a] === this.entityOf[b]) return links(a) + links(b);
    const [fewer, more] = this.smallerFirst(a, b);
    return links(a) + links(b) + fewer.reduce((sum, record) => sum + links(record) + more.length, 0);
  }

  /** Records of the entities of two records, ascending. */
  together(a: number, b: number): readonly number[] {
    const ofA = this.membersOf(a);
    return this.entityOf[a] === this.entityOf[b] ? ofA : [...ofA, ...this.membersOf(b)].sort((x, y) => x - y);
  }

  /** Divides whole entities anew in the best way; false when they stay as they are. */
  divide(records: readonly number[]): boolean {
    const matrix = this.matrix(records);
    const groups = bestPartition(matrix, records.map((record) => this.weights.layout.uniqueBits[record]));
    const given = records.map((record) => this.entityOf[record]);
    if (worthOf(matrix, groups) <= worthOf(matrix, given)) return false;
    const divided = new Map<number, number[]>();
    records.forEach((record, k) => divided.set(groups[k], [...divided.get(groups[k]) ?? [], record]));
    this.replace(records, [...divided.values()]);
    return true;
  }

  /**
   * The best of: one of the two records goes to the entity of the other, both entities become one; for
   * records of one entity: one of them leaves it. False when nothing is better than what is.
   */
  moveBest(a: number, b: number): boolean {
    const [ofA, ofB] = [this.membersOf(a), this.membersOf(b)];
    const without = (all: readonly number[], record: number): number[] => all.filter((one) => one !== record);
    if (ofA === ofB) {
      const leaving = [a, b].map((record) => ({ record, gain: -this.worth(record, ofA) }))
        .reduce((best, one) => (one.gain > best.gain ? one : best));
      if (leaving.gain <= 0) return false;
      this.replace(ofA, [without(ofA, leaving.record), [leaving.record]]);
      return true;
    }
    const [fewer, more] = this.smallerFirst(a, b);
    const moves = [
      { gain: fewer.reduce((sum, record) => sum + this.worth(record, more), 0), groups: [[...ofA, ...ofB]] },
      { gain: this.worth(a, ofB) - this.worth(a, ofA), groups: [without(ofA, a), [...ofB, a]] },
      { gain: this.worth(b, ofA) - this.worth(b, ofB), groups: [[...ofA, b], without(ofB, b)] },
    ];
    const best = moves.reduce((one, other) => (other.gain > one.gain ? other : one));
    if (best.gain <= 0) return false;
    this.replace([...ofA, ...ofB], best.groups);
    return true;
  }

  /** Weights between the records, row by row. */
  private matrix(records: readonly number[]): Float64Array {
    const { layout, starts, neighbours, weights } = this.weights;
    const size = records.length;
    const matrix = new Float64Array(size * size);
    records.forEach((record, k) => {
      this.place[record] = k;
      records.forEach((other, l) => {
        matrix[k * size + l] = unlinkedWeight(layout, record, other);
      });
    });
    records.forEach((record, k) => {
      for (let at = starts[record]; at < starts[record + 1]; at++) {
        const l = this.place[neighbours[at]];
        if (l >= 0) matrix[k * size + l] = weights[at];
      }
    });
    for (const record of records) this.place[record] = -1;
    return matrix;
  }

  /** What a record is worth to an entity (itself aside); minus infinity where a register forbids it. */
  private worth(record: number, members: readonly number[]): number {
    const { layout, starts, neighbours, weights } = this.weights;
    let sum = 0;
    for (const member of members) {
      if (member === record) continue;
      if (layout.uniqueBits[member] & layout.uniqueBits[record]) return -Infinity;
      sum += unlinkedWeight(layout, record, member);
    }
    if (members.length === 0) return sum;
    const entity = this.entityOf[members[0]];
    for (let at = starts[record]; at < starts[record + 1]; at++) {
      const other = neighbours[at];
      if (this.entityOf[other] === entity) sum += weights[at] - unlinkedWeight(layout, record, other);
    }
    return sum;
  }

  private smallerFirst(a: number, b: number): [readonly number[], readonly number[]] {
    const [ofA, ofB] = [this.membersOf(a), this.membersOf(b)];
    return ofA.length <= ofB.length ? [ofA, ofB] : [ofB, ofA];
  }

  private membersOf(record: number): readonly number[] {
    return this.members.get(this.entityOf[record]) as readonly number[];
  }

  private replace(records: readonly number[], groups: readonly (readonly number[])[]): void {
    this.changes++;
    for (const record of records) this.members.delete(record);
    for (const group of groups) {
      if (group.length === 0) continue;
      const sorted = [...group].sort((x, y) => x - y);
      for (const record of sorted) this.entityOf[record] = sorted[0];
      this.members.set(sorted[0], sorted);
      this.changed.set(sorted[0], this.changes);
    }
  }
}

function worthOf(matrix: Float64Array, groups: ArrayLike<number>): number {
  const size = groups.length;
  let sum = 0;
  for (let k = 0; k < size; k++) {
    for (let l = k + 1; l < size; l++) if (groups[k] === groups[l]) sum += matrix[k * size + l];
  }
  return sum;
}
