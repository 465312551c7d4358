import { TinyExtract } from '../../../test/support/tiny-extract.js';
import { ChosenFiles } from './chosen-files.js';
import type { ChosenFile } from './dom.js';

const file = (name: string, content: string | Uint8Array): ChosenFile =>
  Object.assign(new Blob([content]), { name });
const { manifest, bytes } = TinyExtract.create(50);
const FILES = [
  file('manifest.json', JSON.stringify(manifest)), file('content.csv', bytes.content),
  file('events.csv', bytes.events), file('encodings.bin', bytes.encodings), file('notes.txt', 'not of the extract'),
];

describe('files that were chosen', () => {
  it('are an extract: sizes and any run of bytes', async () => {
    const source = await ChosenFiles.of(FILES);
    expect([source.manifest, source.missing]).toEqual([manifest, []]);
    expect(await source.sizeOf('events')).toBe(bytes.events.length);
    const run = source.bytesOf('encodings', 100, 333).file as Blob;
    expect(Buffer.from(await run.arrayBuffer())).toEqual(bytes.encodings.subarray(100, 433));
  });

  it('are told from those that are missing', async () => {
    const source = await ChosenFiles.of(FILES.filter(({ name }) => name !== 'events.csv'));
    expect([source.missing, await source.sizeOf('events')]).toEqual([['events.csv'], undefined]);
    await expect(ChosenFiles.of(FILES.slice(1))).rejects.toMatchObject({ code: 'EXTRACT_NOT_FOUND' });
  });

  it('may be filters of clkhash', async () => {
    const clks = { layout: 'json', bits: 1024, bitOrder: 'msb' };
    const source = await ChosenFiles.of([file('manifest.json', JSON.stringify({ ...manifest, clks }))]);
    expect(source.missing).toEqual(['clks.json', 'content.csv', 'events.csv']);
  });

  it.each<[string, string]>([
    ['no JSON', '{'], ['nothing', 'null'], ['another file', '{"format":"other"}'],
    ['no sizes', '{"format":"vinculum-extract","parts":{"encodings":{}}}'],
    ['a part that is none', '{"format":"vinculum-extract","parts":{"encodings":{"bytes":1},"content":null}}'],
    ['far too much', ' '.repeat(1_100_000)],
  ])('are refused where the manifest is %s', async (_, text) => {
    const chosen = ChosenFiles.of([file('manifest.json', text)]);
    await expect(chosen).rejects.toMatchObject({ code: 'EXTRACT_MANIFEST_INVALID' });
  });
});
