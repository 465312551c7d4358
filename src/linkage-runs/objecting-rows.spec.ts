import { encodingToken } from '../objections/encoding-token.js';
import { objectionMarks, objectionTokenMarks } from '../objections/objection-mark.js';
import { ObjectingRows, type FiledObjections } from './objecting-rows.js';

const MASTER_KEY = new Uint8Array(32).fill(3);
const markOfRecord = objectionMarks(MASTER_KEY, 'agency', 'register');
const markOfToken = objectionTokenMarks(MASTER_KEY);
const id = (row: number): Uint8Array => new Uint8Array(16).fill(row + 1);
/** Rows 0 and 2 are equal, row 1 has the second segment of them, and row 3 is empty. */
const SEGMENTS = [
  { name: 'a', bits: 16, filters: Uint8Array.of(1, 2, 9, 9, 1, 2, 0, 0) },
  { name: 'b', bits: 8, filters: Uint8Array.of(7, 7, 7, 0) },
];

function found(filed: Partial<FiledObjections>): { rows: number[]; marks: readonly string[] } {
  const objecting = new ObjectingRows(
    { records: new Set(), tokens: new Set(), ...filed }, markOfRecord, markOfToken, SEGMENTS);
  const rows = [0, 1, 2, 3].filter((row) => objecting.has(id(row), row));
  return { rows, marks: objecting.found };
}

const recordMark = (row: number): string => markOfRecord(id(row)).toString('hex');
const tokenMark = (...bytes: number[]): string =>
  markOfToken(encodingToken([Uint8Array.from(bytes)])!).toString('hex');

test('a record id is one row, a token every row of the same whole encoding', () => {
  expect(found({ records: new Set([recordMark(1)]) })).toEqual({ rows: [1], marks: [recordMark(1)] });
  expect(found({ tokens: new Set([tokenMark(1, 2, 7)]) }))
    .toEqual({ rows: [0, 2], marks: [recordMark(0), recordMark(2)] });
  expect(found({ tokens: new Set([tokenMark(7), tokenMark(1, 2), tokenMark(2, 7)]) }).rows).toEqual([]);
});

test('who is named twice is left out once', () => {
  const filed = { records: new Set([recordMark(2)]), tokens: new Set([tokenMark(1, 2, 7)]) };
  expect(found(filed)).toEqual({ rows: [0, 2], marks: [recordMark(0), recordMark(2)] });
});

test('the mark of an id is none of a token, and the other way round', () => {
  const turned = { records: new Set([tokenMark(1, 2, 7)]), tokens: new Set([recordMark(0)]) };
  expect(found(turned).rows).toEqual([]);
});

test('where nothing is filed, no row need be looked at', () => {
  const nothing = { records: new Set<string>(), tokens: new Set<string>() };
  expect(new ObjectingRows(nothing, markOfRecord, markOfToken, SEGMENTS).isEmpty).toBe(true);
  const filed = { ...nothing, tokens: new Set(['x']) };
  expect(new ObjectingRows(filed, markOfRecord, markOfToken, SEGMENTS).isEmpty).toBe(false);
});
