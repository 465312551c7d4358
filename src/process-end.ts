import { VinculumError } from '#libs/record';

/**
 * Closes once, at SIGINT, at SIGTERM or when told to, and ends the process; a second signal during that
 * changes nothing. A signal during the start waits for the start, so that nothing half open is left.
 *
 * @returns ends the process with this code.
 */
export function closeAtSignal(close: () => Promise<void>): (code: number) => void {
  let closing: Promise<void> | undefined;
  const end = (code: number): void => {
    closing ??= close().then(() => process.exit(code), failedToStart);
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  return end;
}

/** An expected refusal is told in one line and ends with 2; anything else is a bug and ends with 1. */
export function failedToStart(error: unknown): never {
  if (error instanceof VinculumError) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exit(2);
  }
  tell(error);
  process.exit(1);
}

function tell(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
}
