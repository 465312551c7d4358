import fc from 'fast-check';
import { FilterKernel } from './filter-kernel.js';
import { NameList } from './name-list.js';
import { NOT_THERE, NameTable } from './name-table.js';

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'ÿ', ' '), maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(300).map(String));

describe('NameTable', () => {
  it('does what a Map does, for short names wherever they stand', () => {
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.nat(3)), { maxLength: 400 }), (steps) => {
      const kernel = new FilterKernel();
      const [list, table] = [new NameList(kernel, 1), new NameTable(kernel)];
      const twin = new Map<string, number>();
      const put = (text: string, from: number, to: number): boolean => {
        list.clear();
        return list.putText(text, from, to, 0);
      };
      steps.forEach(([text, before], i) => {
        if (!put(`${'x'.repeat(before)}${text}yz`, before, before + text.length)) {
          expect(text.length > 0 && text.length <= 14 && !text.endsWith('\0')).toBe(false);
          return;
        }
        expect(table.find(list.at)).toBe(twin.get(text) ?? NOT_THERE);
        const number = i % 7 === 0 ? -1 : i + 1;
        table.set(list.at, number);
        twin.set(text, number);
        expect(table.find(list.at)).toBe(number);
        expect(table.size).toBe(twin.size);
      });
      table.clear();
      for (const text of twin.keys()) {
        expect(put(text, 0, text.length)).toBe(true);
        expect(table.find(list.at)).toBe(NOT_THERE);
      }
    }));
  });
});

describe('NameList', () => {
  it('holds names of UTF-8 as those of the text, and gives them back', () => {
    const wide = fc.string({ unit: 'grapheme', maxLength: 16 });
    fc.assert(fc.property(fc.array(fc.tuple(fc.oneof(name, wide), fc.nat(3)), { maxLength: 20 }), (given) => {
      const kernel = new FilterKernel();
      const [ofText, ofBytes] = [new NameList(kernel, 20), new NameList(kernel, 20)];
      const kept: string[] = [];
      given.forEach(([each, before], i) => {
        const text = Buffer.from(each).toString();
        const bytes = new TextEncoder().encode(`${'x'.repeat(before)}${text}yz`);
        const long = /[\u{10000}-\u{10ffff}]/u.test(text);
        const put = ofBytes.putBytes(bytes, before, bytes.length - 2, i);
        if (long) expect(put).toBe(false);
        else expect(ofText.putText(text, 0, text.length, i)).toBe(put);
        if (put) kept.push(`${i} ${text}`);
      });
      expect([ofText.count, ofBytes.count]).toEqual([kept.length, kept.length]);
      const entries = (list: NameList): Uint8Array => kernel.bytes.slice(list.at, list.at + 48 * kept.length);
      expect(entries(ofBytes)).toEqual(entries(ofText));
      expect(kept.map((_, i) => `${ofBytes.targetAt(i)} ${ofBytes.textAt(i)}`)).toEqual(kept);
      expect(ofBytes.isFull).toBe(kept.length === 20);
    }), { numRuns: 300 });
  });
});
