import { Command } from 'commander';
import { endWith } from './command-end.js';
import { makeIdentity, newKey, openKey, printFingerprint, printRecipients, sealKeyFile } from './key-actions.js';

const EXCHANGE = `
How custodians B and C agree on the key that A made:
  B, C  vinculum key identity --out me.identity     and tell A the recipient that it prints
  A     vinculum key new --out project.key
        vinculum key seal --secret-file project.key --recipient age1B... --recipient age1C... --out project.key.age
  B, C  vinculum key open --identity me.identity --in project.key.age --out project.key
Compare recipients and check digits over the telephone: a sealed file does not say who sealed it.
Exit codes: 0 done, 1 not the key that --fingerprint says, 2 bad usage or input.`;

/** `vinculum key`: the secret that the custodians of a project share, and its way from one to the other. */
export function keyCommand(): Command {
  const key = new Command('key')
    .description('make the secret that the custodians of a project share, and hand it on sealed')
    .addHelpText('after', EXCHANGE);
  for (const command of [
    newCommand(), fingerprintCommand(), identityCommand(), recipientCommand(), sealCommand(), openCommand(),
  ]) key.addCommand(command);
  return key;
}

function newCommand(): Command {
  return fileMaker('new', 'write 256 random bits as hex to a file that only you can read', newKey)
    .addHelpText('after', '\nHand it to the other custodians of the project sealed (vinculum key seal), never as it is.');
}

function fingerprintCommand(): Command {
  return fileReader('fingerprint', 'print the fingerprint of the secret in a file, and digits to compare', printFingerprint);
}

function identityCommand(): Command {
  return fileMaker('identity', 'make an age identity; print its recipient, to which others can seal keys', makeIdentity)
    .option('--post-quantum', 'hybrid of ML-KEM-768 and X25519: holds against who records now and computes later');
}

function recipientCommand(): Command {
  return fileReader('recipient', 'print the recipient of each identity in a file', printRecipients);
}

function sealCommand(): Command {
  return fileMaker('seal', 'seal the secret of a project for other custodians, as an age file', sealKeyFile)
    .requiredOption('--secret-file <file>', 'file with the secret of the project')
    .option('--recipient <age1...>', 'who shall open it; may be repeated',
      (recipient: string, others: string[]) => [...others, recipient], [])
    .option('--recipients-file <file>', 'more recipients, one a line');
}

function openCommand(): Command {
  return fileMaker('open', 'open a sealed secret with your identity', openKey)
    .requiredOption('--identity <file>', 'file that vinculum key identity wrote')
    .requiredOption('--in <file>', 'sealed secret')
    .option('--fingerprint <digits>',
      'fingerprint or check digits that the sender told you: where they differ, ends with 1 and writes nothing');
}

interface Json { readonly json?: true }

function fileMaker<Options extends Json>(
  name: string, description: string, action: (options: Options) => Promise<number>,
): Command {
  return new Command(name).description(description)
    .requiredOption('--out <file>', 'file to create, readable for you only; must not exist')
    .option('--json', 'print the result as one line of JSON')
    .action((options: Options) => endWith(options.json === true, () => action(options)));
}

function fileReader(
  name: string, description: string, action: (file: string, options: Json) => Promise<number>,
): Command {
  return new Command(name).description(description).argument('<file>')
    .option('--json', 'print the result as one line of JSON')
    .action((file: string, options: Json) => endWith(options.json === true, () => action(file, options)));
}
