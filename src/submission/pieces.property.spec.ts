import fc from 'fast-check';
import { piecesOf } from './pieces.js';

/** Uploads that do not overlap, in order, with gaps; as the service lists them. */
const runs = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 9 }), fc.nat(9)), { maxLength: 6 });
const part = runs.chain((lengths) => {
  let at = 0;
  const uploads = lengths.map(([gap, length, offset], i) => {
    const upload = { uploadId: `u${i}`, start: at + gap, length, offset: Math.min(offset, length) };
    at = upload.start + length;
    return upload;
  });
  return fc.nat(20).map((rest) => ({ bytes: at + rest, received: 0, uploads }));
});

describe('piecesOf', () => {
  it('what is to be sent and what is there cover the part once', () => {
    fc.assert(fc.property(part, fc.integer({ min: 1, max: 8 }), (view, pieceBytes) => {
      const times = new Array<number>(view.bytes).fill(0);
      const cover = (from: number, to: number): void => {
        for (let byte = from; byte < to; byte++) times[byte]++;
      };
      view.uploads.forEach(({ start, offset }) => cover(start, start + offset));
      const pieces = piecesOf('content', view, pieceBytes);
      pieces.forEach(({ start, offset, length }) => cover(start + offset, start + length));
      expect(times.every((count) => count === 1)).toBe(true);
      for (const { start, length } of pieces.filter(({ uploadId }) => uploadId === undefined)) {
        expect(Math.floor((start + length - 1) / pieceBytes)).toBe(Math.floor(start / pieceBytes));
      }
    }));
  });
});
