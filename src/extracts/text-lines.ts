import { StringDecoder } from 'node:string_decoder';
import { VinculumError } from '#libs/record';

/** Longer than any row of content or events can be. */
const MAX_LINE = 1_000;

/**
 * The lines of a UTF-8 text as it arrives, some at a time, without their line ends (LF or CR LF).
 *
 * @throws VinculumError `EXTRACT_ROWS_REFUSED` for a line that no row can be.
 */
export async function* textLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let row = 0;
  for await (const piece of bytes) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop() ?? '';
    row += lines.length;
    if (rest.length > MAX_LINE) {
      throw new VinculumError('EXTRACT_ROWS_REFUSED', `row ${row} is longer than a row can be`,
        [{ row, reason: `expected at most ${MAX_LINE} characters` }]);
    }
    yield lines.map(withoutReturn);
  }
  rest += decoder.end();
  if (rest !== '') yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
