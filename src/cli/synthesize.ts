import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { VinculumError } from '#libs/record';
import { writeSyntheticCountry, type SyntheticCountrySummary } from './synthetic-country-folder.js';

const BAD_INPUT = 2;
const INTERRUPTED = 130;
const DEFAULT_PEOPLE = 20_000;

interface SynthesizeOptions {
  readonly people: number;
  readonly seed: number;
  readonly out: string;
  readonly json?: true;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

/** `vinculum synthesize`: writes a synthetic country with known truth. */
export function synthesizeCommand(): Command {
  return new Command('synthesize')
    .description('write a synthetic country: three registers of the same invented people, with the truth beside them')
    .option('--people <number>', 'people to invent, 1,000 to 10,000,000 are usual', wholeNumber, DEFAULT_PEOPLE)
    .option('--seed <number>', 'the same seed gives the same country', wholeNumber, 1)
    .requiredOption('--out <folder>', 'folder to create; must not exist')
    .option('--json', 'print a summary as one line of JSON')
    .addHelpText('after', '\nExample:\n  vinculum synthesize --people 20000 --seed 1 --out country')
    .action(run);
}

async function run(options: SynthesizeOptions): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  const bar = new SingleBar({
    format: 'people [{bar}] {percentage}% {value}/{total}, {eta_formatted} left', stream: process.stderr,
    clearOnComplete: true, synchronousUpdate: true,
  });
  const started = process.hrtime.bigint();
  try {
    bar.start(options.people, 0);
    const summary = await writeSyntheticCountry({
      ...options, signal: controller.signal, onProgress: (people) => bar.update(people),
    });
    bar.stop();
    report(summary, options, Number(process.hrtime.bigint() - started) / 1e9);
  } catch (error) {
    bar.stop();
    if (controller.signal.aborted) process.exitCode = INTERRUPTED;
    else if (error instanceof VinculumError) {
      console.error(`${error.code}: ${error.message}`);
      process.exitCode = BAD_INPUT;
    } else throw error;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function report(summary: SyntheticCountrySummary, options: SynthesizeOptions, seconds: number): void {
  for (const register of summary.registers) {
    console.error(`${register.registerId}: ${register.people} records, ${register.events} events`);
  }
  console.error(`written to ${resolve(options.out)}; the truth is in its folder truth`);
  if (options.json !== true) return;
  const records = summary.registers.reduce((sum, register) => sum + register.people, 0);
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({
    people: summary.people, seed: summary.seed, referenceDate: summary.referenceDate, out: options.out,
    registers: summary.registers, records, seconds: Number(seconds.toFixed(2)),
    recordsPerSecond: Math.round(records / seconds), peakRssMb,
  }));
}
