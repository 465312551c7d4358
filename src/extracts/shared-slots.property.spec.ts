import fc from 'fast-check';
import { filledSlots, sharedSlots, SlotFiller, type SharedSlots } from './shared-slots.js';

const SLOT_BYTES = 64;

async function fill(slots: SharedSlots, chunks: readonly Uint8Array[]): Promise<void> {
  const filler = new SlotFiller(slots);
  for (const [place, chunk] of chunks.entries()) {
    (await filler.room(chunk.length)).set(chunk);
    filler.send(place, chunk.length);
  }
  filler.end();
}

describe('shared slots', () => {
  it('hand over every byte in its order, however long the reader takes', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: SLOT_BYTES }), { maxLength: 12 });
    await fc.assert(fc.asyncProperty(chunks, fc.nat(3), async (sent, turns) => {
      const [filled, read] = sharedSlots(SLOT_BYTES);
      const filling = fill(filled, sent);
      const came: { place: number; bytes: number[] }[] = [];
      for await (const { place, bytes } of filledSlots(read)) {
        for (let turn = 0; turn < turns; turn++) await new Promise((go) => setImmediate(go));
        came.push({ place, bytes: [...bytes] });
      }
      await filling;
      expect(came).toEqual(sent.map((chunk, place) => ({ place, bytes: [...chunk] })));
    }), { numRuns: 50 });
  });

  it('tell who waits for room why nobody makes any', async () => {
    const [filled, read] = sharedSlots(SLOT_BYTES);
    const filler = new SlotFiller(filled);
    for (let place = 0; place < 2; place++) {
      await filler.room(1);
      filler.send(place, 1);
    }
    const waiting = filler.room(1);
    filler.stop(new Error('the reader is gone'));
    await expect(waiting).rejects.toThrow('the reader is gone');
    await expect(filler.room(SLOT_BYTES + 1)).rejects.toThrow(/longer/);
    filled.port.close();
    read.port.close();
  });
});
