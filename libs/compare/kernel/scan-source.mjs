// Writes the scans of join.as. They differ only in the number of words, and AssemblyScript takes no immediate
// offset from a parameter.
//
// A scan compares one row of A with the groups of 8 rows of B from place `j` to place `to`. The words of A stand
// in locals and the 8 rows in one piece: V8 folds no load into another operation, so each word of A that is loaded
// again would cost a fifth, and a loop around each row as much. More than 8 words do not fit into registers; a
// longer prefix is scanned in two passes (`count8` leaves the common ones of its 8 words in `counts`).
// All are exported: folded into their caller they would run out of registers.

const ROWS = Array.from({ length: 8 }, (_, row) => row);

function commonOnes(words, row) {
  const terms = Array.from({ length: words }, (_, w) => `popcnt(a${w} & load<i64>(b, ${64 * w + 8 * row}))`);
  return terms.join('\n      + ');
}

const wordsOfA = (words) =>
  Array.from({ length: words }, (_, w) => `  const a${w} = load<i64>(a, ${64 * w});`).join('\n');

/** Leaves the common ones of each row in counts, u16 each. */
function countSource(words) {
  return `
export function count${words}(a: usize, b: usize, j: i32, to: i32, counts: usize): void {
${wordsOfA(words)}
  for (; j < to; j += 8) {
${ROWS.map((row) => `    store<u16>(counts, <u16>(${commonOnes(words, row)}), ${2 * row});`).join('\n')}
    b += ${64 * words};
    counts += 16;
  }
}
`;
}

/** Notes place and common ones of the rows that reach their block's bound; returns the end of the notes. */
function scanSource(name, words, counted) {
  const row = (r) => `      count = ${counted ? `<i64>load<u16>(counts, ${2 * r}) + ` : ''}${commonOnes(words, r)};
      if (count >= need) {
        store<u32>(notes, <u32>(j + ${r}));
        store<u32>(notes, <u32>count, 4);
        notes += 8;
      }`;
  return `
export function ${name}(
  a: usize, b: usize, block: usize, j: i32, to: i32, leastOfA: usize, restA: i32, notes: usize${
  counted ? ', counts: usize' : ''},
): usize {
${wordsOfA(words)}
  let count: i64;
  while (j < to) {
    const need = needOfBlock(block, leastOfA, restA);
    const end = j + BLOCK_ROWS;
    for (; j < end; j += 8) {
${ROWS.map(row).join('\n')}
      b += ${64 * words};${counted ? '\n      counts += 16;' : ''}
    }
    block += 4;
  }
  return notes;
}
`;
}

export function scanSources() {
  return [
    ...[4, 5, 6, 7, 8].map((words) => scanSource(`scan${words}`, words, false)),
    countSource(8),
    ...[2, 4, 8].map((words) => scanSource(`scanAfter8With${words}`, words, true)),
  ].join('');
}
