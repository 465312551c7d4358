import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliver } from '../../../test/support/delivery.js';
import { approvedProject } from '../../../test/support/projects.js';
import { TestService } from '../../../test/support/service.js';
import { TinyExtract } from '../../../test/support/tiny-extract.js';
import { TransitServer } from '../../../test/support/transit-server.js';
import { createDataSource } from '../database/data-sources.js';
import { KeptStorageKeys } from './kept-storage-keys.js';
import { EnvironmentMasterKeys, MasterKeyFolder } from './master-keys.js';
import { masterKeyFolder, openStorageKeys } from './open-storage-keys.js';
import { rotate } from './storage-key-rotation.js';
import type { StorageKeys } from './storage-keys.js';
import { TransitStorageKeys } from './transit-storage-keys.js';

const TOKEN = 'a token of the test';

describe('storage keys', () => {
  let folder: string;
  let transit: TransitServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vinculum-keys-'));
    transit = await TransitServer.start(TOKEN);
  });
  afterAll(async () => {
    await transit.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const base64 = (): string => randomBytes(32).toString('base64');
  const kinds: [string, () => StorageKeys][] = [
    ['of a folder', () => new KeptStorageKeys(
      new MasterKeyFolder(join(folder, randomUUID())), join(folder, randomUUID()))],
    ['of the environment', () => new KeptStorageKeys(
      new EnvironmentMasterKeys(`${base64()}, ${base64()}`), join(folder, randomUUID()))],
    ['of a key management service', () => new TransitStorageKeys({ url: transit.url, token: TOKEN })],
  ];

  it.each(kinds)('%s give a data key back, to its extract alone, until its key is destroyed', async (_, make) => {
    const keys = make();
    const [id, other] = [randomUUID(), randomUUID()];
    const dataKey = randomBytes(32);
    const wrapped = await keys.wrap(id, dataKey);
    expect(wrapped.includes(dataKey)).toBe(false);
    expect((await keys.unwrap(id, wrapped)).equals(dataKey)).toBe(true);
    await keys.wrap(other, randomBytes(32));
    await expect(keys.unwrap(other, wrapped)).rejects.toThrow();
    await keys.destroy(id);
    await expect(keys.unwrap(id, wrapped)).rejects.toMatchObject({ code: 'STORAGE_KEY_DESTROYED' });
    await keys.destroy(id);
    expect(await keys.unwrap(other, await keys.wrap(other, dataKey))).toEqual(dataKey);
  });

  it('of the environment: rewrapped under the first, the second can go', async () => {
    const [old, fresh] = [base64(), base64()];
    const at = join(folder, randomUUID());
    const keysOf = (text: string): KeptStorageKeys =>
      new KeptStorageKeys(new EnvironmentMasterKeys(text), at);
    const id = randomUUID();
    const [dataKey, otherKey] = [randomBytes(32), randomBytes(32)];
    const wrapped = await keysOf(old).wrap(id, dataKey);
    await expect(keysOf(fresh).unwrap(id, wrapped)).rejects.toMatchObject({ code: 'STORAGE_KEY_UNKNOWN' });
    const both = keysOf(`${fresh},${old}`);
    const content = await keysOf(old).wrap(id, otherKey);
    const rewrapped = await both.rewrap(id, [wrapped, content]);
    expect(await both.rewrap(id, rewrapped!)).toBeUndefined();
    const opened = await Promise.all(rewrapped!.map((key) => keysOf(fresh).unwrap(id, key)));
    expect(opened).toEqual([dataKey, otherKey]);
    expect(() => keysOf('c2hvcnQ=')).toThrow(expect.objectContaining({ code: 'STORAGE_KEY_INVALID' }));
  });

  it('of a key management service: both keys of an extract are under its newest version, and it needs no other', async () => {
    const keys = new TransitStorageKeys({ url: transit.url, token: TOKEN });
    const id = randomUUID();
    const dataKeys = [randomBytes(32), randomBytes(32)];
    const wrapped = [await keys.wrap(id, dataKeys[0]), await keys.wrap(id, dataKeys[1])];
    const rewrapped = await keys.rewrap(id, wrapped);
    expect(transit.keys.get(`vinculum-${id}`)).toHaveLength(2);
    transit.keys.get(`vinculum-${id}`)!.fill(randomBytes(32), 0, 1);
    expect(await Promise.all(rewrapped.map((key) => keys.unwrap(id, key)))).toEqual(dataKeys);
    await expect(keys.unwrap(id, wrapped[0])).rejects.toMatchObject({ code: 'STORAGE_KEY_DESTROYED' });
  });

  it('of a key management service: one that it does not delete is not taken for destroyed', async () => {
    const keys = new TransitStorageKeys({ url: transit.url, token: TOKEN });
    const id = randomUUID();
    await keys.wrap(id, randomBytes(32));
    transit.deletable.clear();
    await expect(keys.destroy(id)).rejects.toMatchObject({ code: 'STORAGE_KEY_UNAVAILABLE' });
  });

  it('of a key management service: nothing is taken for destroyed at an address that knows no key at all', async () => {
    const keys = new TransitStorageKeys({ url: transit.url, token: TOKEN });
    const id = randomUUID();
    const dataKey = randomBytes(32);
    const wrapped = await keys.wrap(id, dataKey);
    const elsewhere = new TransitStorageKeys({ url: transit.url.replace('transit', 'other'), token: TOKEN });
    await expect(elsewhere.destroy(id)).rejects.toMatchObject({ code: 'STORAGE_KEY_UNAVAILABLE' });
    expect(await keys.unwrap(id, wrapped)).toEqual(dataKey);
    await keys.destroy(id);
    await keys.destroy(id);
    await expect(keys.unwrap(id, wrapped)).rejects.toMatchObject({ code: 'STORAGE_KEY_DESTROYED' });
  });

  it('of a key management service: a wrong token and no answer differ from a key that is gone', async () => {
    const id = randomUUID();
    const wrong = new TransitStorageKeys({ url: transit.url, token: 'wrong' });
    await expect(wrong.wrap(id, randomBytes(32))).rejects.toMatchObject({ code: 'STORAGE_KEY_UNAVAILABLE' });
    const away = new TransitStorageKeys({ url: 'http://127.0.0.1:1/v1/transit', token: TOKEN });
    await expect(away.unwrap(id, randomBytes(60))).rejects.toMatchObject({ code: 'STORAGE_KEY_UNAVAILABLE' });
    await expect(away.destroy(id)).rejects.toMatchObject({ code: 'STORAGE_KEY_UNAVAILABLE' });
  });
});

describe('rotation of the storage keys', () => {
  let service: TestService;
  let transit: TransitServer;
  let project: string;
  beforeAll(async () => {
    service = await TestService.start();
    project = await approvedProject(service);
  });
  afterAll(() => service.stop());

  const settings = (): Parameters<typeof openStorageKeys>[0] => ({
    keys: join(service.home, 'keys'), storageMasterKeys: undefined, kmsUrl: undefined, kmsTokenFile: undefined,
  });
  /** Of filters and of content. */
  const wrappedKeys = (): Promise<{ id: string; wrapped: Buffer }[]> => service.query('owner',
    `SELECT id, wrapped_key AS wrapped FROM encodings.extract WHERE wrapped_key IS NOT NULL
     UNION ALL SELECT extract, wrapped FROM content.key ORDER BY id, wrapped`);
  const sorted = (keys: Buffer[]): string[] => keys.map((key) => key.toString('hex')).sort();

  it('leaves the chunks alone and opens everything, interrupted too; then the old master key is gone', async () => {
    for (const records of [20, 30, 40]) {
      await deliver(service, 'custodian-population', project, TinyExtract.create(records));
    }
    const keys = openStorageKeys(settings());
    const masters = masterKeyFolder(settings().keys);
    const [old] = masters.ids();
    const before = await wrappedKeys();
    const dataKeys = await Promise.all(before.map(({ id, wrapped }) => keys.unwrap(id, wrapped)));
    const chunks = await service.query('owner', 'SELECT * FROM encodings.chunk ORDER BY extract, place');
    const database = createDataSource('retention', service.service.database);
    await database.initialize();
    try {
      let calls = 0;
      const dying: StorageKeys = {
        wrap: keys.wrap.bind(keys), unwrap: keys.unwrap.bind(keys), destroy: keys.destroy.bind(keys),
        rewrap: (id, wrapped) => (++calls === 5 ? Promise.reject(new Error('killed')) : keys.rewrap(id, wrapped)),
      };
      await expect(rotate(database, dying, masters)).rejects.toThrow('killed');
      expect(masters.ids()).toHaveLength(2);
      // In between the service goes on with both.
      await deliver(service, 'custodian-population', project, TinyExtract.create(50));
      const report = await rotate(database, keys, masters);
      expect(report).toMatchObject({ rewrapped: 2, removed: [old] });
      expect(masters.ids()).toEqual([report.current]);
    } finally {
      await database.destroy();
    }
    const after = (await wrappedKeys()).filter(({ id }) => before.some((row) => row.id === id));
    expect(dataKeys).toHaveLength(6);
    const opened = await Promise.all(after.map(({ id, wrapped }) => keys.unwrap(id, wrapped)));
    expect(sorted(opened)).toEqual(sorted(dataKeys));
    for (const { id, wrapped } of before) {
      await expect(keys.unwrap(id, wrapped)).rejects.toMatchObject({ code: 'STORAGE_KEY_UNKNOWN' });
    }
    const ids = before.map(({ id }) => id);
    expect(await service.query(
      'owner', 'SELECT * FROM encodings.chunk WHERE extract = ANY ($1) ORDER BY extract, place', [ids],
    )).toEqual(chunks);
  });

  it('is a command of the operator, for a service that is stopped', async () => {
    await service.service.close();
    const [current] = masterKeyFolder(settings().keys).ids();
    const run = spawnSync(process.execPath, [
      join(process.cwd(), 'dist', 'src', 'cli.js'), 'storage-key', 'rotate', '--json',
    ], { encoding: 'utf8', env: { PATH: process.env['PATH'], VINCULUM_HOME: service.home } });
    expect([run.status, run.stderr]).toEqual([0, '']);
    const report = JSON.parse(run.stdout.trim()) as { current: string };
    expect(report).toMatchObject({ rewrapped: 4, removed: [current] });
    expect(readdirSync(join(settings().keys, 'storage')).sort())
      .toEqual([`${report.current}.key`, 'current'].sort());
  });

  it('the service itself keeps its keys in a key management service where one is set', async () => {
    transit = await TransitServer.start(TOKEN);
    const tokenFile = join(mkdtempSync(join(tmpdir(), 'vinculum-kms-')), 'token');
    writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
    chmodSync(tokenFile, 0o600);
    const other = await TestService.start({
      VINCULUM_KMS_URL: transit.url, VINCULUM_KMS_TOKEN_FILE: tokenFile,
    });
    try {
      const kept = await approvedProject(other);
      const id = await deliver(other, 'custodian-population', kept, TinyExtract.create(10));
      expect([...transit.keys.keys()]).toEqual(['vinculum-mount', `vinculum-${id}`]);
      expect(readdirSync(join(other.home, 'keys'))).not.toContain('extracts');
    } finally {
      await other.stop();
      await transit.stop();
    }
  });
});
