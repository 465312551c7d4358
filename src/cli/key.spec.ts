import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyCheck, keyFingerprint } from '#libs/encode';
import { keyCommand } from './key.js';
import { wiping } from './wiping.js';

let folder: string;
const path = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path(name), content, { mode: 0o600 });
  return path(name);
};
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-key-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

interface Ended { readonly code: number; readonly out: string; readonly err: string }

/** The command itself, in this process: what it prints and its exit code. */
async function key(...args: string[]): Promise<Ended> {
  const out = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const err = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    await keyCommand().parseAsync(args, { from: 'user' });
    const printed = (spy: typeof out): string => spy.mock.calls.map((line) => `${line.join(' ')}\n`).join('');
    return { code: Number(process.exitCode), out: printed(out), err: printed(err) };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    err.mockRestore();
  }
}

const identity = async (name: string, ...args: string[]): Promise<string> => {
  const made = await key('identity', '--out', path(name), ...args);
  expect(made).toMatchObject({ code: 0, err: '' });
  return made.out.trim();
};
const seal = (...args: string[]): Promise<Ended> => key('seal', '--secret-file', path('a.key'), '--out', path('a.age'), ...args);
const open = (name: string, ...args: string[]): Promise<Ended> =>
  key('open', '--identity', path(name), '--in', path('a.age'), '--out', path('opened.key'), ...args);
const modeOf = (name: string): number => statSync(path(name)).mode & 0o777;

describe('vinculum key new', () => {
  it('writes a key that only its owner can read, prints its fingerprint and never overwrites', async () => {
    const made = await key('new', '--out', path('new.key'), '--json');
    const text = readFileSync(path('new.key'), 'utf8');
    const secret = Buffer.from(text.trim(), 'hex');
    expect(made.code).toBe(0);
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    expect(modeOf('new.key')).toBe(0o600);
    const digits = { keyFingerprint: keyFingerprint(secret), keyCheck: keyCheck(secret) };
    expect(JSON.parse(made.out)).toEqual({ file: path('new.key'), ...digits });
    expect(made.out + made.err).not.toContain(text.trim());
    expect(await key('new', '--out', path('new.key'))).toMatchObject({ code: 2, err: expect.stringMatching(/^FILE_NOT_WRITTEN/) });
    expect((await key('new', '--out', path('nowhere/new.key'))).code).toBe(2);
    expect(readFileSync(path('new.key'), 'utf8')).toBe(text);
    expect(JSON.parse((await key('fingerprint', path('new.key'), '--json')).out)).toMatchObject(digits);
    expect(readdirSync(folder)).toEqual(['new.key']);
  });
});

describe('vinculum key seal and open', () => {
  beforeEach(async () => { expect((await key('new', '--out', path('a.key'))).code).toBe(0); });

  it.each([['X25519', []], ['post-quantum', ['--post-quantum']]])(
    'hand a key to every recipient, who get the same bytes: %s', async (_kind, kind) => {
      const [b, c] = [await identity('b.identity', ...kind), await identity('c.identity', ...kind)];
      expect(modeOf('b.identity')).toBe(0o600);
      expect((await key('recipient', path('b.identity'))).out.trim()).toBe(b);
      const sealed = await seal('--recipient', b, '--recipients-file', write('others', `# C\n${c}\n\n`), '--json');
      expect(sealed).toMatchObject({ code: 0, err: '' });
      expect(modeOf('a.age')).toBe(0o600);
      const { keyCheck: check } = JSON.parse(sealed.out) as { keyCheck: string };
      const text = readFileSync(path('a.key'), 'utf8');
      for (const name of ['b.identity', 'c.identity']) {
        rmSync(path('opened.key'), { force: true });
        const opened = await open(name, '--fingerprint', check.match(/.{4}/g)!.join(' '));
        expect(opened).toMatchObject({ code: 0, err: '' });
        expect(readFileSync(path('opened.key'), 'utf8')).toBe(text);
        expect(modeOf('opened.key')).toBe(0o600);
        for (const secret of [text.trim(), 'AGE-SECRET-KEY']) expect(opened.out + sealed.out).not.toContain(secret);
      }
    });

  it('open refuses what is for others, changed, cut or no key, and writes nothing', async () => {
    const b = await identity('b.identity');
    await identity('c.identity');
    expect((await seal('--recipient', b)).code).toBe(0);
    const before = readdirSync(folder).sort();
    expect(await open('c.identity')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^SEALED_KEY_FOR_OTHERS/) });
    const whole = readFileSync(path('a.age'));
    const flipped = Buffer.from(whole);
    flipped[whole.length - 30] ^= 1;
    const doubled = Buffer.concat([whole, whole]);
    for (const damaged of [flipped, whole.subarray(0, -1), whole.subarray(0, 30), Buffer.alloc(0), doubled]) {
      write('a.age', damaged);
      expect(await open('b.identity')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^SEALED_KEY_INVALID/) });
    }
    expect((await open('b.identity', '--in', path('nowhere'))).err).toMatch(/^SEALED_KEY_UNREADABLE/);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('open ends with 1 and writes nothing where the key is not the one that was told', async () => {
    expect((await seal('--recipient', await identity('b.identity'))).code).toBe(0);
    expect(await open('b.identity', '--fingerprint', '0123456789abcdef')).toMatchObject({ code: 1, out: '' });
    expect(await open('b.identity', '--fingerprint', '0123')).toMatchObject({ code: 2 });
    expect(existsSync(path('opened.key'))).toBe(false);
  });

  it('refuses recipients and identities that are none, without repeating an identity', async () => {
    const b = await identity('b.identity');
    const own = readFileSync(path('b.identity'), 'utf8').split('\n')[1];
    const misspelt = `${own.slice(0, -1)}${own.endsWith('Q') ? 'P' : 'Q'}`;
    for (const [args, reason] of [
      [[], 'expected at least one'], [['--recipient', own], 'recipient 1: expected age1'],
      [['--recipient', b, '--recipient', `${b.slice(0, -1)}${b.endsWith('q') ? 'p' : 'q'}`], 'recipient 2: its check digits'],
      [['--recipient', b, '--recipient', await identity('pq.identity', '--post-quantum')], 'recipient 1: expected all to be'],
    ] as const) {
      const refused = await seal(...args);
      expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining(reason) });
      expect(refused.err).not.toContain(own);
    }
    for (const text of [misspelt, 'hello', '']) {
      const refused = await key('recipient', write('wrong.identity', text));
      expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/IDENTITY_INVALID/) });
      if (text !== '') expect(refused.err).not.toContain(text);
    }
    expect((await key('recipient', path('nowhere'))).err).toMatch(/^IDENTITY_UNREADABLE/);
    expect(existsSync(path('a.age'))).toBe(false);
  });

  it('never writes over a file', async () => {
    const b = await identity('b.identity');
    write('a.age', 'something');
    expect(await seal('--recipient', b)).toMatchObject({ code: 2, err: expect.stringMatching(/^FILE_NOT_WRITTEN/) });
    expect(readFileSync(path('a.age'), 'utf8')).toBe('something');
  });
});

describe('files of another program', () => {
  // Identity by age-keygen 1.1.1; a key and the word "hello", sealed by age 1.1.1, the second one armored.
  const IDENTITY = '# created: 2026-11-22T18:26:59Z\n'
    + '# public key: age13m92rfh9zmxg5kj2pzr9scf4c3vlly0fsk6vsrs8dv2esvz4epxqcnggnf\n'
    + 'AGE-SECRET-KEY-1F32R689XZ9USNYXFA5E43ANYGMV36WHJ3N25TX9VEDX448RS4J5S8YJHR7\n';
  const KEY = '37ec199fa8396d212411c3025ffbd9c7c3d9eb2045d3afdabe704db3ef2912df\n';
  const SEALED = 'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBZVWZjOHFnblFXVnVrTDRFcFU5amZ0MWRYRzhtZmNRSmp5NXdvNVE1O'
    + 'DFvClRyRDlhVStSVzlsdU03RE5WeUoya3p6cjA4ZjkxdTRqYlQ2Z3pUQ3N0MmMKLS0tIG5iUUh6dVZqNEptT3hqbURWeGhyZ0J5VnNqNU'
    + 'NOT0s3Qi9QZlVxaGl2eDQKb/JKb+49LBW9ku1n3f22BV/DZkEtAJZtsPxsmfAXxAkToTncRECGM656uyEQq5koR7pC4hNps1frNWuds+q'
    + 'vdtLuXworEZpafyXdyDN0T/OQKgMgZSF9u13DpLKfQBlyhA==';
  const ARMORED = '-----BEGIN AGE ENCRYPTED FILE-----\n'
    + 'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB2N1gzekp5VFovQXRudEs0\n'
    + 'UzViR2JIOCtJZG4xd0hxVG9vTkdhM0kvREFNCkJKL1dZbGpYVXFidW9WQ3dscjFk\n'
    + 'MnRsaGhsdDBQaWh2UXc4RHdTaDhnd3MKLS0tIElxVXdSeC9LZjBra3F3dHhyYTY5\n'
    + 'Si84RnoraURaVDJIVWdoeC9SZEZ6SDAK9/O5NYHP5JxH77AGu3SprGhqTgAkAlZQ\n'
    + 'oAvPKXNqVx77pl+zzJ++gvLsjqSuJ9eOTlI1xQn0gvOR1g+V6L8apC8NqyQ+48TP\n'
    + 'smPU32a6tyWu8EzYRbswbPVgOj4uIvFvEQ==\n-----END AGE ENCRYPTED FILE-----\n';

  it.each([['binary', Buffer.from(SEALED, 'base64')], ['armored', Buffer.from(ARMORED)]])('opens what age sealed: %s', async (_form, file) => {
    write('age.identity', IDENTITY);
    write('a.age', file);
    expect(await open('age.identity')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(path('opened.key'), 'utf8')).toBe(KEY);
  });

  it('refuses a sealed file that holds no key', async () => {
    const { Encrypter } = await import('age-encryption');
    write('age.identity', IDENTITY);
    for (const text of ['hello', KEY.slice(2), KEY.trim(), KEY.toUpperCase(), `${KEY}\n`]) {
      const encrypter = new Encrypter();
      encrypter.addRecipient('age13m92rfh9zmxg5kj2pzr9scf4c3vlly0fsk6vsrs8dv2esvz4epxqcnggnf');
      write('a.age', await encrypter.encrypt(text));
      expect(await open('age.identity')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^SEALED_KEY_CONTENT/) });
    }
    expect(existsSync(path('opened.key'))).toBe(false);
  });
});

describe('wiping', () => {
  it('overwrites the secrets however the work ends', async () => {
    for (const work of [() => 1, async () => Promise.reject(new Error('x')), () => { throw new Error('x'); }]) {
      const secret = Uint8Array.of(1, 2, 3);
      await wiping([secret], work).catch(() => undefined);
      expect(secret).toEqual(new Uint8Array(3));
    }
  });
});
