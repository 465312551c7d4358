import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { MIN_SECRET_BYTES, keyFingerprint } from '#libs/encode';
import { VinculumError } from '#libs/record';
import { DONE, endWith } from './command-end.js';

interface KeyNewOptions {
  readonly out: string;
  readonly json?: true;
}

/** `vinculum key new`: makes the secret that the custodians of a project share. */
export function keyCommand(): Command {
  const key = new Command('key').description('make the secret that the custodians of a project share');
  key.addCommand(new Command('new')
    .description('write 256 random bits as hex to a file that only you can read; print their fingerprint')
    .requiredOption('--out <file>', 'file to create; must not exist')
    .option('--json', 'print the fingerprint as one line of JSON')
    .addHelpText('after', '\nGive the file to the other custodians of the project on a way of your own, never to the service.')
    .action((options: KeyNewOptions) =>
      endWith(options.json === true, () => Promise.resolve().then(() => newKey(options)))));
  return key;
}

function newKey({ out, json }: KeyNewOptions): number {
  const secret = randomBytes(MIN_SECRET_BYTES);
  const text = Buffer.from(`${secret.toString('hex')}\n`);
  try {
    writeFileSync(out, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'EEXIST'
      ? 'there is a file already, and it is not overwritten' : 'the file cannot be written';
    throw new VinculumError('KEY_NOT_WRITTEN', `expected to create ${out}: ${reason}`);
  } finally {
    text.fill(0);
  }
  const fingerprint = keyFingerprint(secret);
  secret.fill(0);
  console.log(json ? JSON.stringify({ file: out, keyFingerprint: fingerprint }) : `key fingerprint ${fingerprint}`);
  return DONE;
}
