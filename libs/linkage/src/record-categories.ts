import { VinculumError, type EncodedExtract } from '#libs/record';
import type { RecordCategory } from '#libs/quality';

/** A category has at most this many groups. */
export const MOST_GROUPS = 200;

/** @throws VinculumError `CATEGORIES_INVALID` unless each category says one of its groups for every row. */
export function assertCategories(
  categories: readonly RecordCategory[], extracts: readonly EncodedExtract[],
): void {
  for (const { name, groups, groupOf } of categories) {
    const refuse = (reason: string): never => {
      throw new VinculumError('CATEGORIES_INVALID', `the category ${name} is refused: ${reason}`);
    };
    if (groups.length > MOST_GROUPS) refuse(`expected at most ${MOST_GROUPS} groups, got ${groups.length}`);
    if (groupOf.length !== extracts.length) {
      refuse(`expected groups for ${extracts.length} extracts, got ${groupOf.length}`);
    }
    extracts.forEach(({ records, registerId }, x) => {
      if (groupOf[x].length !== records) {
        refuse(`expected a group for each of the ${records} records of ${registerId}, got ${groupOf[x].length}`);
      }
      if (groupOf[x].some((group) => group > groups.length)) refuse(`${registerId} has a group without a name`);
    });
  }
}
