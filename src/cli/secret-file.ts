import { readFileSync, statSync } from 'node:fs';
import { MIN_SECRET_BYTES } from '#libs/encode';
import { VinculumError } from '#libs/record';

const HEX = /^(?:[0-9a-fA-F]{2})+$/;
/** 32 random bytes have fewer different ones less than once in 10^36 times. */
const LEAST_DIFFERENT_BYTES = 8;
/** A shorter secret of clkhash is worth a warning; shorter ones are in use. */
const CLKHASH_BYTES = 16;

/**
 * Reads the secret of a project: hex digits as `vinculum key new` writes them, or else the file's bytes as
 * they are. The caller wipes it after use. Says on stderr when others on this machine can read the file, and
 * when the secret is none that was drawn at random: the custodians have agreed on it, and not with us.
 *
 * @throws VinculumError SECRET_UNREADABLE, SECRET_TOO_SHORT.
 */
export function readSecretFile(path: string): Buffer {
  const bytes = readBytes(path);
  const text = bytes.toString('latin1').trim();
  const secret = HEX.test(text) ? Buffer.from(text, 'hex') : Buffer.from(bytes);
  bytes.fill(0);
  if (secret.length < MIN_SECRET_BYTES) {
    const { length } = secret;
    secret.fill(0);
    throw new VinculumError('SECRET_TOO_SHORT',
      `expected a secret of at least ${MIN_SECRET_BYTES} bytes, got ${length}; make one with: vinculum key new`);
  }
  if (repeatsFewBytes(secret)) {
    console.error(`WARNING: the secret has fewer than ${LEAST_DIFFERENT_BYTES} different bytes and can be guessed: `
      + 'whoever does can test any name; make another one with: vinculum key new');
  }
  return secret;
}

/**
 * Reads a passphrase-like secret as clkhash takes it: the file's text without the line break at its end. A
 * weak one is a matter of those who agreed on it, for clkhash takes any; stderr says so.
 *
 * @throws VinculumError SECRET_UNREADABLE, SECRET_TOO_SHORT.
 */
export function readClkhashSecretFile(path: string): Buffer {
  const bytes = readBytes(path);
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  const secret = Buffer.from(bytes.subarray(0, end));
  bytes.fill(0);
  if (secret.length === 0) throw new VinculumError('SECRET_TOO_SHORT', 'expected a secret, got an empty file');
  if (secret.length < CLKHASH_BYTES || repeatsFewBytes(secret)) {
    console.error(`WARNING: the secret is shorter than ${CLKHASH_BYTES} bytes or repeats a few: whoever gets the `
      + 'filters can find it by trial, and then test any name; agree on another one');
  }
  return secret;
}

function repeatsFewBytes(secret: Uint8Array): boolean {
  return new Set(secret).size < LEAST_DIFFERENT_BYTES;
}

function readBytes(path: string): Buffer {
  try {
    warnIfOthersCanRead(path);
    return readFileSync(path);
  } catch {
    throw new VinculumError('SECRET_UNREADABLE', `expected a readable file with the secret at ${path}`);
  }
}

/** Says on stderr when others on this machine can read the file. */
export function warnIfOthersCanRead(path: string): void {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return;
  console.error(`warning: others on this machine can read ${path}; better: chmod 600 ${path}`);
}
