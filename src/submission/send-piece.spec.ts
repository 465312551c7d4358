import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrailLine } from '../../test/support/frail-line.js';
import { approvedProject } from '../../test/support/projects.js';
import { TestService } from '../../test/support/service.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import type { PartView } from '../extracts/extract-view.js';
import { ExtractApi } from './extract-api.js';
import { FolderSource } from './folder-source.js';
import type { Piece } from './pieces.js';
import { sendPiece, type Sending } from './send-piece.js';

const CUSTODIAN = 'custodian-population';
const NO_WAITS = [0, 1, 1];

/** Real bytes to the real service, over a line that fails. */
describe('sendPiece', () => {
  let service: TestService;
  let project: string;
  let line: FrailLine;
  let folder: string;
  let folders = 0;
  beforeAll(async () => {
    service = await TestService.start();
    line = await FrailLine.to(service.url);
    folder = mkdtempSync(join(tmpdir(), 'vinculum-send-'));
  });
  beforeEach(async () => { project = await approvedProject(service); });
  afterAll(async () => {
    await line.close();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  interface Scene {
    readonly sending: Sending;
    readonly piece: Piece;
    readonly source: FolderSource;
    /** Durable bytes, as they were told. */
    readonly told: number[];
  }

  async function open(records: number): Promise<Scene> {
    const path = join(folder, `${++folders}`);
    const extract = TinyExtract.create(records);
    extract.write(path);
    const api = new ExtractApi(line.url, () => service.token(CUSTODIAN));
    const { extractId } = await api.open(project, extract.manifest);
    const told: number[] = [];
    const onDurable = (bytes: number): void => void told.push(bytes);
    const sending = { api, extractId, retryDelaysMs: NO_WAITS, onDurable };
    const piece = { part: 'encodings', start: 0, length: extract.bytes.encodings.length, offset: 0 } as const;
    return { sending, piece, source: await FolderSource.at(path), told };
  }

  async function send(
    { sending, source }: Scene, piece: Piece, change: Partial<Sending> = {},
  ): Promise<void> {
    await sendPiece({ ...sending, ...change }, piece, source.bytesOf(piece.part, piece.start, piece.length));
  }

  const stored = async ({ sending: { extractId } }: Scene): Promise<PartView> =>
    (await service.request(CUSTODIAN, 'GET', `/api/extracts/${extractId}`)).body.parts.encodings;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

  it('sends a piece that lies anywhere in its part, and tells what is durable', async () => {
    const scene = await open(500);
    const piece = { ...scene.piece, start: 1_234, length: 5_678 };
    await send(scene, piece);
    expect((await stored(scene)).uploads).toMatchObject([{ start: 1_234, length: 5_678, offset: 5_678 }]);
    expect(sum(scene.told)).toBe(5_678);
  });

  it('goes on after the line broke, and tells of no byte twice', async () => {
    const scene = await open(30_000);
    const before = line.passed;
    const broken = line.breakAfter(2_000_000);
    await send(scene, scene.piece);
    await broken;
    const { length } = scene.piece;
    expect(await stored(scene)).toMatchObject({ received: length, uploads: [{ offset: length }] });
    expect(sum(scene.told)).toBe(length);
    expect(line.passed - before).toBeGreaterThanOrEqual(length);
  });

  it('resumes an upload that somebody else began', async () => {
    const scene = await open(5_000);
    const held = line.holdAfter(150_000);
    const stop = new AbortController();
    const first = send(scene, scene.piece, { signal: stop.signal });
    await held;
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    line.mend();
    let [upload] = (await stored(scene)).uploads;
    for (const end = Date.now() + 10_000; upload.offset === 0 && Date.now() < end;) {
      [upload] = (await stored(scene)).uploads;
    }
    expect(upload.offset).toBeGreaterThan(100_000);
    const { told } = scene;
    told.length = 0;
    await send(scene, { part: 'encodings', ...upload });
    expect(sum(told)).toBe(upload.length - upload.offset);
    expect((await stored(scene)).received).toBe(scene.piece.length);
  });

  it('of two that send the same piece each ends well, and the bytes are there once', async () => {
    const scene = await open(20_000);
    await Promise.all([send(scene, scene.piece), send(scene, scene.piece)]);
    const { length } = scene.piece;
    expect(await stored(scene)).toMatchObject({ received: length, uploads: [{ offset: length }] });
  });

  it('where the service is somewhere else than was thought, it asks and goes on from there', async () => {
    const scene = await open(3_000);
    const half = Math.floor(scene.piece.length / 2);
    await send(scene, { ...scene.piece, length: half });
    const [upload] = (await stored(scene)).uploads;
    scene.told.length = 0;
    await send(scene, { part: 'encodings', ...upload, offset: 17 });
    expect(sum(scene.told)).toBe(half - 17);
    expect((await stored(scene)).received).toBe(half);
  });

  it('gives up on a service that is gone, and says so', async () => {
    const scene = await open(100);
    const nobody = new ExtractApi('http://127.0.0.1:1', () => service.token(CUSTODIAN));
    await expect(send(scene, scene.piece, { api: nobody })).rejects.toMatchObject({
      problem: { status: 0, code: 'SERVICE_UNREACHABLE' },
    });
    expect(scene.told).toEqual([]);
  });

  it.each<[string, Partial<Piece>, number, string]>([
    ['a piece that is not in the part', { start: 1, length: 8_000 }, 422, 'UPLOAD_OUTSIDE_PART'],
    ['an upload that is not', { uploadId: '00000000-0000-4000-8000-000000000000' }, 422, 'UPLOAD_OUTSIDE_PART'],
    ['a part that the manifest has not', { part: 'evens' as never }, 404, 'NOT_FOUND'],
  ])('hears at once of %s', async (_, change, status, code) => {
    const scene = await open(100);
    const before = line.passed;
    const piece = { ...scene.piece, length: 8_001, ...change };
    const sent = sendPiece(scene.sending, piece, scene.source.bytesOf('encodings', 0, 8_000));
    await expect(sent).rejects.toMatchObject({ problem: { status, code } });
    expect(line.passed - before).toBeLessThan(8_000);
  });

  it('hears at once that the token does not hold', async () => {
    const scene = await open(100);
    let asked = 0;
    const api = new ExtractApi(line.url, () => {
      asked++;
      return Promise.resolve('not-a-token');
    });
    const problem = { status: 401, code: 'TOKEN_INVALID' };
    await expect(send(scene, scene.piece, { api })).rejects.toMatchObject({ problem });
    expect(asked).toBe(1);
  });

  it('does not begin what was stopped before', async () => {
    const scene = await open(100);
    const before = line.passed;
    await expect(send(scene, scene.piece, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(line.passed).toBe(before);
  });
});
