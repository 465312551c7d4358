import { VinculumError } from '#libs/record';

/** The refusal of a command line that cannot be meant. */
export function usage(message: string): VinculumError {
  return new VinculumError('BAD_USAGE', message);
}
