import fc from 'fast-check';
import { NOT_THERE, ShortNameTable } from './short-name-table.js';

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'ÿ', ' '), maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(300).map(String));

describe('ShortNameTable', () => {
  it('does what a Map does, for short names wherever they stand', () => {
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.nat(3)), { maxLength: 400 }), (steps) => {
      const table = new ShortNameTable();
      const twin = new Map<string, number>();
      steps.forEach(([text, before], i) => {
        const surrounded = `${'x'.repeat(before)}${text}yz`;
        if (!table.pack(surrounded, before, before + text.length)) {
          expect(text.length > 0 && text.length <= 14 && !text.endsWith('\0')).toBe(false);
          return;
        }
        expect(table.find()).toBe(twin.get(text) ?? NOT_THERE);
        table.set(i + 1);
        twin.set(text, i + 1);
        expect(table.find()).toBe(i + 1);
        expect(table.size).toBe(twin.size);
      });
      table.clear();
      for (const text of twin.keys()) {
        expect(table.pack(text, 0, text.length)).toBe(true);
        expect(table.find()).toBe(NOT_THERE);
      }
    }));
  });

  it('packs UTF-8 as it packs the text', () => {
    const wide = fc.string({ unit: 'grapheme', maxLength: 16 });
    fc.assert(fc.property(fc.oneof(name, wide), fc.nat(3), (given, before) => {
      const text = Buffer.from(given).toString();
      const bytes = new TextEncoder().encode(`${'x'.repeat(before)}${text}yz`);
      const [ofText, ofBytes] = [new ShortNameTable(), new ShortNameTable()];
      const packed = ofBytes.packBytes(bytes, before, bytes.length - 2);
      const long = /[\u{10000}-\u{10ffff}]/u.test(text);
      expect(packed).toBe(ofText.pack(text, 0, text.length) && !long);
      if (!packed) return;
      ofBytes.set(7);
      expect(ofBytes.findAsIn(ofText)).toBe(7);
      expect(ofText.findAsIn(ofBytes)).toBe(NOT_THERE);
      ofText.set(7);
      ofBytes.packBytes(bytes, before, bytes.length - 2);
      expect(ofText.findAsIn(ofBytes)).toBe(7);
    }), { numRuns: 500 });
  });
});
