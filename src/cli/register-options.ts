import { REGISTER_ID_PATTERN } from '#libs/record';
import { isIsoDate } from '../extract-folder/index.js';
import { usage } from './usage.js';

/** @throws VinculumError BAD_USAGE unless `--register` and `--reference-date` can stand in a manifest. */
export function assertRegisterOptions(
  { register, referenceDate }: { readonly register: string; readonly referenceDate: string },
): void {
  if (!REGISTER_ID_PATTERN.test(register)) {
    throw usage('--register: expected a lower-case letter, then at most 63 of a-z, 0-9 and -');
  }
  if (!isIsoDate(referenceDate)) throw usage('--reference-date: expected a date as YYYY-MM-DD');
}
