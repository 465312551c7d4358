import { Command, InvalidArgumentError } from 'commander';

export interface DemoOptions {
  readonly people: number;
  readonly seed: number;
  readonly json: boolean;
  readonly keep: boolean;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

/** Exits with 2 for options that do not exist, with 0 after `--help`. */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const command = new Command('demo')
    .description('the whole way on invented people: three custodians, one linkage, two tables, one audit')
    .option('--people <number>', 'people of the synthetic country', wholeNumber, 20_000)
    .option('--seed <number>', 'the same seed gives the same country', wholeNumber, 1)
    .option('--json', 'prose on stderr, and a summary as the last line on stdout', false)
    .option('--keep', 'keep the folder with the country, the extracts, the tables and the log', false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  return command.parse([...args]).opts<DemoOptions>();
}
