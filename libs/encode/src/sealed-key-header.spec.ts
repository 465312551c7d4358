import { Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { MAX_SEALED_KEY_BYTES, readSealedKeyHeader } from './sealed-key-header.js';

const KEY = `${'0f'.repeat(32)}\n`;

async function sealed(recipients: readonly string[], text = KEY): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  recipients.forEach((recipient) => encrypter.addRecipient(recipient));
  return encrypter.encrypt(text);
}

const withText = (file: Uint8Array, change: (text: string) => string): Uint8Array =>
  Buffer.from(change(Buffer.from(file).toString('latin1')), 'latin1');

describe('readSealedKeyHeader', () => {
  let one: string;
  let hybrid: string;
  let good: Uint8Array;
  beforeAll(async () => {
    one = await identityToRecipient(await generateX25519Identity());
    hybrid = await identityToRecipient(await generateHybridIdentity());
    good = await sealed([one]);
  });

  it('counts the recipients of what age writes, 30 post-quantum ones within the limit', async () => {
    expect(readSealedKeyHeader(good)).toEqual({ recipients: 1 });
    expect(readSealedKeyHeader(await sealed([one, one, one]))).toEqual({ recipients: 3 });
    const many = await sealed(Array<string>(30).fill(hybrid));
    expect(many.length).toBeLessThanOrEqual(MAX_SEALED_KEY_BYTES);
    expect(readSealedKeyHeader(many)).toEqual({ recipients: 30 });
  });

  it('refuses a passphrase, which could be guessed', async () => {
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(2);
    encrypter.setPassphrase('hunter2');
    const file = await encrypter.encrypt(KEY);
    expect(() => readSealedKeyHeader(file)).toThrow(/public keys, got another kind/);
  });

  it.each([
    ['a key in plain text', () => Buffer.from(KEY)], ['nothing', () => new Uint8Array()],
    ['too much', () => new Uint8Array(MAX_SEALED_KEY_BYTES + 1)],
    ['another version', () => withText(good, (text) => text.replace('/v1', '/v2'))],
    ['no recipient', () => withText(good, (text) => text.replace(/-> X25519[^\n]*\n[^\n]*\n/, ''))],
    ['a body that is no base64', () => withText(good, (text) => text.replace(/(\n-> [^\n]*\n)./, '$1!'))],
    ['no message authentication code', () => withText(good, (text) => text.replace(/--- [^\n]{43}/, '---'))],
    ['a header alone', () => withText(good, (text) => text.replace(/(--- [^\n]{43}\n)[^]*/, '$1'))],
    ['a header that does not end', () => good.subarray(0, 40)],
    ['a key in plain text after a header', () => withText(good, (text) => text.replace(/(--- [^\n]{43}\n)[^]*/, `$1${KEY}`))],
  ])('refuses %s', (_name, file) => {
    expect(() => readSealedKeyHeader(file())).toThrow(expect.objectContaining({ code: 'SEALED_KEY_INVALID' }));
  });

  it('answers any bytes with a header or a refusal', () => {
    const cut = fc.tuple(fc.nat(good.length), fc.uint8Array({ maxLength: 200 }))
      .map(([length, rest]) => Uint8Array.of(...good.subarray(0, length), ...rest));
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), cut);
    fc.assert(fc.property(bytes, (file) => {
      try {
        expect(readSealedKeyHeader(file).recipients).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(VinculumError);
      }
    }));
  });
});
