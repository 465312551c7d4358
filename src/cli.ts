#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { BAD_INPUT, DONE } from './cli/command-end.js';

/**
 * Each command is loaded when it is asked for: all of them together take longer to load than many thousand
 * records to encode.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  'key': async () => (await import('./cli/key.js')).keyCommand(),
  'encode': async () => (await import('./cli/encode.js')).encodeCommand(),
  'import-clks': async () => (await import('./cli/import-clks.js')).importClksCommand(),
  'inspect': async () => (await import('./cli/inspect.js')).inspectCommand(),
  'submit': async () => (await import('./cli/submit.js')).submitCommand(),
  'objection-tokens': async () => (await import('./cli/objection-tokens.js')).objectionTokensCommand(),
  'link': async () => (await import('./cli/link.js')).linkCommand(),
  'synthesize': async () => (await import('./cli/synthesize.js')).synthesizeCommand(),
  'audit': async () => (await import('./cli/audit.js')).auditCommand(),
  'storage-key': async () => (await import('./cli/storage-key.js')).storageKeyCommand(),
};

const program = new Command('vinculum')
  .description('Links registers without seeing the people in them.')
  .showHelpAfterError('(add --help for more)');

// Whoever reads may stop early (`vinculum … | head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

run().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? DONE : BAD_INPUT;
});

async function run(): Promise<void> {
  const asked = process.argv[2];
  // Help and words that are no command need the descriptions of all.
  const loaded = Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]] : Object.values(COMMANDS);
  for (const load of loaded) program.addCommand(await load());
  throwInsteadOfExit(program);
  await program.parseAsync();
}

/** Commander ends a usage error with 1, which here means that the answer is no. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}
