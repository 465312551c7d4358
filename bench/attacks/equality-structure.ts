import { MISSING } from './equal-filters.js';
import { NOBODY, type Partners } from './partners.js';

/** For each segment the class of each record; equal classes are equal filters. */
export type EqualityClasses = readonly Int32Array[];

/** Enough for a signal to cross the largest component that was seen; stops earlier when nothing changes. */
const MOST_ROUNDS = 32;

/**
 * Names records by who equals whom in which segment, and by nothing else: members of a household share the
 * filter of their address, people born on one day share that of the birth date. No hardening that gives
 * equal filters for equal values hides this, whatever its strength.
 *
 * Colour refinement (Weisfeiler and Leman 1968): all records start alike, apart from what is missing. In each
 * round a record's colour becomes its own and those of all who share a filter with it, by segment. A colour
 * that one record and one known person alone have in a round gives the person's name; the last such round
 * counts. Time and memory grow with records times segments times rounds.
 */
export function matchByEquality(encoded: EqualityClasses, known: EqualityClasses): Partners {
  let palette = new Palette();
  let ours = firstColours(encoded, palette);
  let theirs = firstColours(known, palette);
  const partners = new Int32Array(ours.length).fill(NOBODY);
  for (let round = 0, before = -1; round < MOST_ROUNDS; round++) {
    nameLoneColours(ours, theirs, partners);
    const colours = new Set(ours).size;
    if (colours === before) break;
    before = colours;
    palette = new Palette();
    ours = refined(ours, encoded, palette);
    theirs = refined(theirs, known, palette);
  }
  return withoutRivals(partners);
}

/** Numbers for the descriptions of one round: equal descriptions, on either side, are one colour. */
class Palette {
  private readonly colours = new Map<string, number>();

  colourOf(description: string): number {
    const colour = this.colours.get(description) ?? this.colours.size;
    this.colours.set(description, colour);
    return colour;
  }
}

function firstColours(classes: EqualityClasses, palette: Palette): Int32Array {
  return classes[0].map((_, i) =>
    palette.colourOf(classes.map((segment) => (segment[i] === MISSING ? '0' : '1')).join('')));
}

function refined(colours: Int32Array, classes: EqualityClasses, palette: Palette): Int32Array {
  const ofClass = classes.map((segment) => classColours(colours, segment, palette));
  return colours.map((own, i) => palette.colourOf(
    `${own};${classes.map((segment, s) => (segment[i] === MISSING ? '' : ofClass[s][segment[i]])).join(';')}`));
}

/** The colour of a class: those of its members, in order. */
function classColours(colours: Int32Array, segment: Int32Array, palette: Palette): number[] {
  const members: number[][] = [];
  segment.forEach((number, i) => {
    if (number !== MISSING) (members[number] ??= []).push(colours[i]);
  });
  return members.map((own) => palette.colourOf(`of ${own.sort((a, b) => a - b).join(',')}`));
}

function nameLoneColours(ours: Int32Array, theirs: Int32Array, partners: Partners): void {
  const known = loneColours(theirs);
  for (const [colour, i] of loneColours(ours)) {
    const j = known.get(colour);
    if (j !== undefined) partners[i] = j;
  }
}

/** Colours that one row alone has, and the row. */
function loneColours(colours: Int32Array): Map<number, number> {
  const rows = new Map<number, number>();
  const repeated = new Set<number>();
  colours.forEach((colour, row) => {
    if (rows.has(colour)) repeated.add(colour);
    rows.set(colour, row);
  });
  for (const colour of repeated) rows.delete(colour);
  return rows;
}

/** Where two records were given one person in different rounds, neither keeps the name. */
function withoutRivals(partners: Partners): Partners {
  const suitors = new Map<number, number>();
  for (const j of partners) suitors.set(j, (suitors.get(j) ?? 0) + 1);
  return partners.map((j) => (suitors.get(j) === 1 ? j : NOBODY));
}
