#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { auditCommand } from './cli/audit.js';
import { BAD_INPUT, DONE } from './cli/command-end.js';
import { encodeCommand } from './cli/encode.js';
import { importClksCommand } from './cli/import-clks.js';
import { inspectCommand } from './cli/inspect.js';
import { keyCommand } from './cli/key.js';
import { linkCommand } from './cli/link.js';
import { storageKeyCommand } from './cli/storage-key.js';
import { submitCommand } from './cli/submit.js';
import { synthesizeCommand } from './cli/synthesize.js';

const program = new Command('vinculum')
  .description('Links registers without seeing the people in them.')
  .showHelpAfterError('(add --help for more)');
for (const command of [
  keyCommand(), encodeCommand(), importClksCommand(), inspectCommand(), submitCommand(), linkCommand(),
  synthesizeCommand(), auditCommand(), storageKeyCommand(),
]) program.addCommand(command);
throwInsteadOfExit(program);

// Whoever reads may stop early (`vinculum … | head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? DONE : BAD_INPUT;
});

/** Commander ends a usage error with 1, which here means that the answer is no. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}
