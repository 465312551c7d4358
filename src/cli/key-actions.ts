import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { MIN_SECRET_BYTES, keyCheck, keyFingerprint } from '#libs/encode';
import { VinculumError } from '#libs/record';
import { ANSWER_IS_NO, DONE } from './command-end.js';
import { identityFileText, readIdentityFile } from './identity-file.js';
import { createPrivateFile } from './private-file.js';
import { newIdentity, openSealedKey, recipientOf, sealKey } from './sealed-key.js';
import { readSecretFile } from './secret-file.js';
import { usage } from './usage.js';
import { wiping } from './wiping.js';

interface OutOptions {
  readonly out: string;
  readonly json?: true;
}

/** `vinculum key new` */
export async function newKey({ out, json }: OutOptions): Promise<number> {
  const secret = randomBytes(MIN_SECRET_BYTES);
  return wiping([secret], () => {
    const text = Buffer.from(`${secret.toString('hex')}\n`);
    return wiping([text], () => {
      createPrivateFile(out, text);
      return printKey(secret, { file: out }, json);
    });
  });
}

/** `vinculum key fingerprint` */
export async function printFingerprint(file: string, { json }: { readonly json?: true }): Promise<number> {
  const secret = readSecretFile(file);
  return wiping([secret], () => printKey(secret, { file }, json));
}

/** `vinculum key identity` */
export async function makeIdentity(
  { out, postQuantum, json }: OutOptions & { readonly postQuantum?: true },
): Promise<number> {
  const identity = await newIdentity(postQuantum === true);
  const recipient = await recipientOf(identity);
  const text = Buffer.from(identityFileText(identity, recipient));
  return wiping([text], () => {
    createPrivateFile(out, text);
    console.log(json ? JSON.stringify({ file: out, recipient }) : recipient);
    return DONE;
  });
}

/** `vinculum key recipient` */
export async function printRecipients(file: string, { json }: { readonly json?: true }): Promise<number> {
  const recipients = (await readIdentityFile(file)).map(({ recipient }) => recipient);
  console.log(json ? JSON.stringify({ file, recipients }) : recipients.join('\n'));
  return DONE;
}

interface SealOptions extends OutOptions {
  readonly secretFile: string;
  readonly recipient: readonly string[];
  readonly recipientsFile?: string;
}

/** `vinculum key seal` */
export async function sealKeyFile(options: SealOptions): Promise<number> {
  const { out, secretFile, recipient, recipientsFile, json } = options;
  const recipients = [...recipient, ...(recipientsFile === undefined ? [] : recipientsIn(recipientsFile))];
  const secret = readSecretFile(secretFile);
  return wiping([secret], async () => {
    createPrivateFile(out, await sealKey(secret, recipients));
    return printKey(secret, { file: out, recipients: recipients.length }, json);
  });
}

function recipientsIn(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    throw usage(`--recipients-file: expected a readable file at ${path}`);
  }
}

interface OpenOptions extends OutOptions {
  readonly identity: string;
  readonly in: string;
  readonly fingerprint?: string;
}

/** `vinculum key open` */
export async function openKey(options: OpenOptions): Promise<number> {
  const { out, json } = options;
  const expected = expectedDigits(options.fingerprint);
  const identities = (await readIdentityFile(options.identity)).map(({ identity }) => identity);
  const text = await openSealedKey(sealedFile(options.in), identities);
  const secret = Buffer.from(Buffer.from(text).toString('latin1').trim(), 'hex');
  return wiping([text, secret], () => {
    const check = keyCheck(secret);
    if (!check.startsWith(expected)) {
      console.error(`not the expected key: expected ${expected}, got ${check.slice(0, expected.length)}; `
        + 'nothing was written. Ask the sender: somebody else may have sealed this file');
      if (json) console.log(JSON.stringify({ expected, keyCheck: check }));
      return ANSWER_IS_NO;
    }
    createPrivateFile(out, text);
    return printKey(secret, { file: out }, json);
  });
}

/** @throws VinculumError BAD_USAGE unless the digits are a fingerprint or all to compare, in any grouping. */
function expectedDigits(given: string | undefined): string {
  if (given === undefined) return '';
  const digits = given.replace(/[\s-]/g, '').toLowerCase();
  if (/^(?:[0-9a-f]{16}){1,2}$/.test(digits)) return digits;
  throw usage('--fingerprint: expected the 16 hex digits of a fingerprint or all 32 to compare');
}

function sealedFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new VinculumError('SEALED_KEY_UNREADABLE', `expected a readable file at ${path}`);
  }
}

function printKey(secret: Uint8Array, result: object, json: true | undefined): number {
  const fingerprint = keyFingerprint(secret);
  const check = keyCheck(secret);
  if (json) {
    console.log(JSON.stringify({ ...result, keyFingerprint: fingerprint, keyCheck: check }));
  } else {
    console.log(`key fingerprint ${fingerprint}`);
    console.log(`to compare over the telephone: ${check.match(/.{4}/g)?.join(' ') ?? ''}`);
  }
  return DONE;
}
