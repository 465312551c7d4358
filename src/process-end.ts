import { VinculumError } from '#libs/record';

/** Closes once at SIGINT or SIGTERM and ends with 0; a second signal during that changes nothing. */
export function closeAtSignal(close: () => Promise<void>): void {
  let closing: Promise<void> | undefined;
  const end = (): void => {
    closing ??= close().then(() => process.exit(0), (error: unknown) => {
      tell(error);
      process.exit(1);
    });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
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
