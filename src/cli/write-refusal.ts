import { VinculumError } from '#libs/record';

/** What the system said of an output that could not be written, as a refusal; other errors as they are. */
export function refusalOfWriting(out: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof VinculumError || code === undefined || syscall === undefined) return error;
  return new VinculumError('OUTPUT_NOT_WRITTEN', `expected to write ${out}, got ${code} (${syscall}); nothing was `
    + 'left there: check the folder, who may write to it, and the free space');
}
