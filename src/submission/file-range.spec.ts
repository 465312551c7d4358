import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FileRange } from './file-range.js';
import { FileRequests } from './file-requests.js';

const BYTES = randomBytes(1_000_003);

/** Real files to a real server. */
describe('a range of a file as the body of a request', () => {
  let folder: string;
  let path: string;
  let server: Server;
  let url: string;
  let came: Buffer | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vinculum-range-'));
    server = createServer((request, response) => {
      buffer(request).then((body) => {
        came = body;
        response.setHeader('Upload-Offset', body.length).end('taken');
      }, () => response.destroy());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => {
    came = undefined;
    path = join(folder, 'part');
    writeFileSync(path, BYTES);
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true });
  });

  const send = (range: FileRange | null): ReturnType<ReturnType<FileRequests['createRequest']>['send']> =>
    new FileRequests().createRequest('PATCH', url).send(range);

  // Around the 256 KiB that are read at once, and parts of parts.
  it.each<[number, number]>([
    [0, 1_000_003], [0, 1], [17, 262_143], [17, 262_144], [17, 262_145], [1, 524_288], [999_999, 4], [5, 0],
  ])('is sent whole: %i and %i bytes on', async (start, length) => {
    const answer = await send(new FileRange(path, 0, BYTES.length).part(start, start + length));
    expect([answer.getStatus(), answer.getHeader('upload-offset'), answer.getBody()]).toEqual([200, `${length}`, 'taken']);
    expect(came?.equals(BYTES.subarray(start, start + length))).toBe(true);
  });

  it('ends with its whole, and not beyond', () => {
    expect(new FileRange(path, 10, 100).part(60, 200).size).toBe(40);
  });

  it('a file that has become shorter, or is gone, fails the request', async () => {
    truncateSync(path, 600_000);
    await expect(send(new FileRange(path, 0, BYTES.length))).rejects.toThrow('shorter');
    rmSync(path);
    await expect(send(new FileRange(path, 0, BYTES.length))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(came).toBeUndefined();
  });

  it('an aborted request fails, and needs no more of the file', async () => {
    const request = new FileRequests().createRequest('PATCH', url);
    const sent = request.send(new FileRange(path, 0, BYTES.length));
    await request.abort();
    await expect(sent).rejects.toThrow();
    expect(came).toBeUndefined();
  });
});
