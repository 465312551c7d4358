import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordIdPartitions } from './record-id-partitions.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-ids-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const idOf = (person: number): Uint8Array => createHash('sha256').update(String(person)).digest().subarray(3, 19);

/** Row `i` has the id of person `personOf(i)`. */
function partitionsOf(name: string, rows: number, personOf: (row: number) => number): RecordIdPartitions {
  const partitions = new RecordIdPartitions(join(folder, name));
  const padded = new Uint8Array(20);
  for (let row = 1; row <= rows; row++) {
    padded.set(idOf(personOf(row)), 2);
    partitions.add(padded, 2, row);
  }
  return partitions;
}

describe('RecordIdPartitions', () => {
  it.each([['in memory', 5_000], ['in a file', 450_000]])('finds what is repeated and what is unknown, %s', (_where, rows) => {
    const repeats = new Map([[rows, 1], [rows - 1, rows - 2], [4, 3], [7, 3]]);
    const people = partitionsOf('people', rows, (row) => repeats.get(row) ?? row);
    const events = partitionsOf('events', rows / 10, (row) => (row % 1000 === 5 ? -row : row));
    expect(existsSync(join(folder, 'people'))).toBe(rows > 300_000);
    if (rows > 300_000) expect(statSync(join(folder, 'people')).mode & 0o777).toBe(0o600);

    const repeated: number[][] = [];
    people.forEachRepeated((row, first) => repeated.push([row, first]));
    expect(repeated.sort(([a], [b]) => a - b)).toEqual([...repeats].sort(([a], [b]) => a - b));
    const unknown: number[] = [];
    events.forEachUnknown(people, (row) => unknown.push(row));
    const expected = Array.from({ length: rows / 10 }, (_, i) => i + 1)
      .filter((row) => row % 1000 === 5 || repeats.has(row));
    expect(unknown.sort((a, b) => a - b)).toEqual(expected);

    people.close();
    events.close();
    expect(existsSync(join(folder, 'people'))).toBe(false);
  });

  it('refuses more rows than it can number', () => {
    expect(() => new RecordIdPartitions(join(folder, 'x')).add(idOf(1), 0, 2 ** 32)).toThrow(RangeError);
  });
});
