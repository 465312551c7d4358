/** One side of a graph of links, as message passing over it sees it. */
export interface LinkSide {
  /** Row of each link. */
  readonly rows: Uint32Array;
  readonly records: number;
  /** A record of this side takes part in at most one match. */
  readonly oneMatch: boolean;
}

/** Links of each row: `links[starts[row]]` up to `links[starts[row + 1] - 1]`, ascending. */
export interface LinksOfRows {
  readonly starts: Uint32Array;
  readonly links: Uint32Array;
}

/** Counting sort of the links by their row. */
function linksOfRows({ rows, records }: LinkSide): LinksOfRows {
  const starts = new Uint32Array(records + 1);
  for (const row of rows) starts[row + 1]++;
  for (let row = 0; row < records; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const links = new Uint32Array(rows.length);
  for (let e = 0; e < rows.length; e++) links[next[rows[e]]++] = e;
  return { starts, links };
}

const MOST_ROUNDS = 100;
/** Full steps settle trees within a few rounds; what still moves then is in a ring. */
const FULL_STEPS = 8;
/** Relative change of a message: beside a weight of 10^9, a message of 10^-9 decides. */
const SETTLED_AT = 1e-6;

interface Messages {
  readonly side: LinkSide;
  readonly graph: LinksOfRows;
  /** For each link: probability that its record of this side is free of its other links. */
  readonly free: Float64Array;
  /** 1 for the rows whose messages may still move. */
  readonly stirred: Uint8Array;
}

/**
 * Probability, for each link, that its record of each side is left free by its other links: belief
 * propagation for matchings of weighted links (the monomer-dimer model; Zdeborova and Mezard 2006, whose
 * fixed point is unique). Sides take turns; after some rounds each message moves to the geometric mean of
 * what it was and what it should be, since in a ring of certain links full steps would swing for long. Only
 * rows whose messages or neighbours still move are gone through again, so that the many small components,
 * which settle at once, cost nothing while the large ones go on.
 *
 * @param weights of the links, odds against both records being free.
 * @param settledAt relative change of a message below which it has settled.
 */
export function freeRecords(
  a: LinkSide, b: LinkSide, weights: Float64Array, settledAt = SETTLED_AT,
): { readonly ofA: Float64Array; readonly ofB: Float64Array } {
  const [messagesA, messagesB] = [messagesOf(a), messagesOf(b)];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const isFull = round < FULL_STEPS;
    const moved = settle(messagesA, messagesB, weights, isFull, settledAt);
    if (!settle(messagesB, messagesA, weights, isFull, settledAt) && !moved) break;
  }
  return { ofA: messagesA.free, ofB: messagesB.free };
}

function messagesOf(side: LinkSide): Messages {
  return {
    side, graph: linksOfRows(side), free: new Float64Array(side.rows.length).fill(1),
    stirred: new Uint8Array(side.records).fill(1),
  };
}

/** One round over the stirred rows of a side; false when none of their messages moved. */
function settle(
  { side, graph, free, stirred }: Messages, other: Messages, weights: Float64Array, isFull: boolean,
  settledAt: number,
): boolean {
  if (!side.oneMatch) return false;
  const { starts, links } = graph;
  let moved = false;
  for (let row = 0; row < side.records; row++) {
    if (stirred[row] === 0) continue;
    stirred[row] = 0;
    let sum = 0;
    for (let k = starts[row]; k < starts[row + 1]; k++) sum += weights[links[k]] * other.free[links[k]];
    for (let k = starts[row]; k < starts[row + 1]; k++) {
      const e = links[k];
      const next = 1 / (1 + Math.max(0, sum - weights[e] * other.free[e]));
      const change = Math.abs(next / free[e] - 1);
      free[e] = isFull ? next : Math.sqrt(free[e] * next);
      if (change <= settledAt) continue;
      moved = true;
      stirred[row] = 1;
      other.stirred[other.side.rows[e]] = 1;
    }
  }
  return moved;
}
