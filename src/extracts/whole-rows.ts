/**
 * Rows of equal length out of chunks that were cut anywhere: each buffer that comes out holds whole rows,
 * some of it shared with what went in, which may be used again when the next chunk is asked for. A row that
 * is cut off at the very end does not come out.
 */
export async function* wholeRows(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>, rowBytes: number,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    if (rest.length > 0) {
      from = Math.min(rowBytes - rest.length, chunk.length);
      rest = Buffer.concat([rest, chunk.subarray(0, from)]);
      if (rest.length < rowBytes) continue;
      yield rest;
    }
    const end = chunk.length - (chunk.length - from) % rowBytes;
    if (end > from) yield chunk.subarray(from, end);
    rest = Buffer.from(chunk.subarray(end));
  }
}
