import { MAX_SEALED_KEY_BYTES, MIN_SECRET_BYTES } from '#libs/encode';
import { VinculumError } from '#libs/record';

/** age's public keys in Bech32: X25519, and the hybrid of ML-KEM-768 and X25519. */
const CLASSICAL_RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const HYBRID_RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1900,2100}$/;
const IDENTITY = /^AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{58}$/;
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
/** 32 to 1024 bytes in hex and a line break, as `vinculum key new` writes them. */
const KEY_TEXT = /^(?:[0-9a-f]{2}){32,1024}\n$/;

/** The age library takes its time to load and few commands need it. */
const age = (): Promise<typeof import('age-encryption')> => import('age-encryption');

/** A new identity: `AGE-SECRET-KEY-1...`, or `AGE-SECRET-KEY-PQ-1...` against later quantum computers. */
export async function newIdentity(postQuantum: boolean): Promise<string> {
  const { generateHybridIdentity, generateX25519Identity } = await age();
  return postQuantum ? generateHybridIdentity() : generateX25519Identity();
}

/** @throws VinculumError IDENTITY_INVALID; never repeats the identity. */
export async function recipientOf(identity: string): Promise<string> {
  const { identityToRecipient } = await age();
  try {
    if (!IDENTITY.test(identity)) throw new SyntaxError('no identity');
    return await identityToRecipient(identity);
  } catch {
    throw new VinculumError('IDENTITY_INVALID',
      'expected an age identity, AGE-SECRET-KEY-1... or AGE-SECRET-KEY-PQ-1...; make one with: vinculum key identity');
  }
}

/**
 * The secret as an age file that each of the recipients can open, and nobody else. Whoever opens it
 * cannot tell who sealed it: that is what the key's check digits are for.
 *
 * @throws VinculumError RECIPIENT_INVALID: no recipient, one that is none, or one without protection against
 *   quantum computers among others that have it.
 */
export async function sealKey(secret: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  assertOfOneKind(recipients);
  recipients.forEach((recipient, r) => {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw recipientInvalid(r + 1, 'its check digits are wrong; copy it again');
    }
  });
  const text = Buffer.from(`${Buffer.from(secret).toString('hex')}\n`);
  try {
    return await encrypter.encrypt(text);
  } finally {
    text.fill(0);
  }
}

function assertOfOneKind(recipients: readonly string[]): void {
  if (recipients.length === 0) throw recipientInvalid(1, 'expected at least one');
  const other = recipients.findIndex((text) =>
    !CLASSICAL_RECIPIENT.test(text) && !HYBRID_RECIPIENT.test(text));
  if (other >= 0) {
    throw recipientInvalid(other + 1, 'expected age1... or age1pq1..., as vinculum key recipient prints it');
  }
  const classical = recipients.findIndex((text) => CLASSICAL_RECIPIENT.test(text));
  if (classical >= 0 && recipients.some((text) => HYBRID_RECIPIENT.test(text))) {
    throw recipientInvalid(classical + 1, 'expected all to be post-quantum (age1pq1...), as others are, or none: '
      + 'what is sealed is as weak as its weakest recipient');
  }
}

/** The library's own words would repeat the text. */
function recipientInvalid(number: number, reason: string): VinculumError {
  return new VinculumError('RECIPIENT_INVALID', `recipient ${number}: ${reason}`);
}

/**
 * Text of a sealed key, as `vinculum key new` writes it. The caller wipes it.
 *
 * @throws VinculumError SEALED_KEY_INVALID for a file that is none or was changed, SEALED_KEY_FOR_OTHERS
 *   when no identity opens it, SEALED_KEY_CONTENT when something else than a key was sealed.
 */
export async function openSealedKey(file: Uint8Array, identities: readonly string[]): Promise<Uint8Array> {
  const { Decrypter, armor } = await age();
  if (file.length > MAX_SEALED_KEY_BYTES * 2) {
    throw new VinculumError('SEALED_KEY_INVALID', `expected a sealed key of at most ${MAX_SEALED_KEY_BYTES} bytes`);
  }
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const opened = await decrypter.decrypt(binaryOf(file, armor.decode)).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new VinculumError('SEALED_KEY_FOR_OTHERS',
        'the sealed key is for other identities than this, or its list of recipients was changed on the way; '
        + 'ask for one that is sealed for the recipient that vinculum key recipient prints');
    }
    throw new VinculumError('SEALED_KEY_INVALID',
      'expected an age file as vinculum key seal writes it; this is none, or it was changed or cut on the way');
  });
  if (KEY_TEXT.test(Buffer.from(opened).toString('latin1'))) return opened;
  opened.fill(0);
  throw new VinculumError('SEALED_KEY_CONTENT',
    `the sealed file opens, but holds no key: expected at least ${MIN_SECRET_BYTES} bytes in hex and a line break`);
}

function binaryOf(file: Uint8Array, decode: (text: string) => Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString('latin1').trimStart();
  if (!text.startsWith(ARMOR)) return file;
  try {
    return decode(text);
  } catch {
    throw new VinculumError('SEALED_KEY_INVALID', 'the armored age file was changed or cut on the way');
  }
}
