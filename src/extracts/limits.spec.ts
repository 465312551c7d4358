import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MAX_CHECKS, MAX_EVENTS, MAX_PART_BYTES, MAX_RECEIVING, MAX_RECORDS, MAX_STREAMS, MAX_UPLOADS_A_PART,
} from './limits.js';

describe('limits of submission', () => {
  it('are those that docs/operations.md states', () => {
    const text = readFileSync(join(process.cwd(), 'docs', 'operations.md'), 'utf8');
    const stated = text.slice(text.indexOf('| limit | value |')).split('\n').slice(2, 10)
      .map((row) => row.split('|')[2].trim());
    const [records, events, bytes, uploads, receiving, streams, checks] = stated;
    const count = (words: string): number => Number(/^[\d,]+/.exec(words)![0].replaceAll(',', ''));
    expect([records, events, uploads, receiving, streams, checks].map(count)).toEqual(
      [MAX_RECORDS, MAX_EVENTS, MAX_UPLOADS_A_PART, MAX_RECEIVING, MAX_STREAMS, MAX_CHECKS]);
    expect(bytes).toBe(`${MAX_PART_BYTES / 2 ** 30} GiB`);
  });
});
