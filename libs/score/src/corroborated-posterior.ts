import { likeliestNeighbours, type Neighbours } from './likeliest-neighbours.js';

/** Links between records of several registers; records are numbered through all registers. */
export interface LinksOfRegisters {
  readonly length: number;
  readonly recordsA: Uint32Array;
  readonly recordsB: Uint32Array;
  /** Of a match, given the comparison of the two and their rivals. */
  readonly probabilities: Float64Array;
}

/** Links from this probability on tell what else their records are linked with. */
const LINKED = 0.5;
/** The likeliest so many links of a record do: what is like hundreds of others tells nothing. */
const MOST_NEIGHBOURS = 32;
/**
 * Matches, and others, that are taken to have the states of all links, before any is looked at: where hardly
 * any match is expected, a few links are to be judged by themselves.
 */
const LINKS_BEFORE = 10;
const MOST_ROUNDS = 200;
/** Change of the states' shares, over all of them. */
const SETTLED_AT = 1e-7;

/**
 * Posterior of links given what else their records are linked with.
 *
 * Most people are in several registers, so that a match between two of them is usually seen again: a record
 * of a third register is linked with both. A link whose two records are linked with different people
 * elsewhere, or with nobody where matches hardly ever are alone, is less likely than the comparison of the
 * two says. What a link has in the third registers is one more field of its comparison, with shares m among
 * matches and u among the others (Fellegi and Sunter 1969), taken to be independent of the comparison given
 * the truth: odds change by m/u. Shares are those of highest likelihood for each two registers by
 * themselves, found by EM; the probabilities of the links are given, so the likelihood is concave in m and u,
 * and there is one highest value to climb to.
 *
 * The field (`supportStates`) is read off the probabilities that are given, once. Reading it off those that
 * come out, again and again, would let a few doubtful links hold each other up.
 *
 * Between two registers that are unique per person there is no third: nothing changes.
 *
 * @param registerOf register of each record.
 * @param registers how many there are.
 * @param known further pairs of records that are one person: they support links and are not judged.
 * @returns a probability for each link, in their order.
 */
export function corroboratedPosterior(
  links: LinksOfRegisters, registerOf: Uint16Array, registers: number,
  known: LinksOfRegisters = NO_LINKS,
): Float64Array {
  const states = supportStates(links, registerOf, registers, known);
  const corroborated = Float64Array.from(links.probabilities);
  for (const group of byRegisterPair(links, registerOf, registers)) {
    judge(group, states, links.probabilities, registers * registers, corroborated);
  }
  return corroborated;
}

const NO_LINKS: LinksOfRegisters = {
  length: 0, recordsA: new Uint32Array(0), recordsB: new Uint32Array(0), probabilities: new Float64Array(0),
};

/**
 * For each link, what its records are linked with in third registers: `both x registers + one`. `both` counts
 * registers with a record that is linked with the two; `one` the others in which one of them, or each by
 * itself, is linked.
 */
export function supportStates(
  links: LinksOfRegisters, registerOf: Uint16Array, registers: number,
  known: LinksOfRegisters = NO_LINKS,
): Uint32Array {
  const neighbours = likeliestNeighbours([links, known], registerOf.length, LINKED, MOST_NEIGHBOURS);
  const counter = new SupportCounter(neighbours, registerOf, registers);
  return Uint32Array.from({ length: links.length }, (_, e) =>
    counter.stateOf(links.recordsA[e], links.recordsB[e]));
}

class SupportCounter {
  private turn = 0;
  /** The turn in which a record was last a neighbour of the first of the two … */
  private readonly ofFirst: Uint32Array;
  /** … and a register last had one of either, and of both. */
  private readonly ofEither: Uint32Array;
  private readonly ofBoth: Uint32Array;

  constructor(
    private readonly neighbours: Neighbours, private readonly registerOf: Uint16Array,
    private readonly registers: number,
  ) {
    this.ofFirst = new Uint32Array(registerOf.length);
    this.ofEither = new Uint32Array(registers);
    this.ofBoth = new Uint32Array(registers);
  }

  stateOf(a: number, b: number): number {
    this.turn++;
    const { turn, registerOf, ofFirst, ofEither, ofBoth, neighbours: { starts, records } } = this;
    const [own, other] = [registerOf[a], registerOf[b]];
    let either = 0;
    let both = 0;
    for (const record of [a, b]) {
      for (let k = starts[record]; k < starts[record + 1]; k++) {
        const third = records[k];
        const register = registerOf[third];
        if (register === own || register === other) continue;
        if (ofEither[register] !== turn) either++;
        ofEither[register] = turn;
        if (record === a) ofFirst[third] = turn;
        else if (ofFirst[third] === turn && ofBoth[register] !== turn) {
          ofBoth[register] = turn;
          both++;
        }
      }
    }
    return both * this.registers + either - both;
  }
}

/** Links of each two registers (or of one with itself), ascending. */
function byRegisterPair(
  { length, recordsA, recordsB }: LinksOfRegisters, registerOf: Uint16Array, registers: number,
): readonly Uint32Array[] {
  const groupOf = (e: number): number => {
    const [x, y] = [registerOf[recordsA[e]], registerOf[recordsB[e]]];
    return x < y ? x * registers + y : y * registers + x;
  };
  const sizes = new Map<number, number>();
  for (let e = 0; e < length; e++) sizes.set(groupOf(e), (sizes.get(groupOf(e)) ?? 0) + 1);
  const groups = new Map(Array.from(sizes, ([group, size]) => [group, new Uint32Array(size)]));
  const filled = new Map<number, number>();
  for (let e = 0; e < length; e++) {
    const group = groupOf(e);
    const at = filled.get(group) ?? 0;
    groups.get(group)![at] = e;
    filled.set(group, at + 1);
  }
  return Array.from(groups.values());
}

interface StateShares {
  readonly match: Float64Array;
  readonly other: Float64Array;
}

/** EM over the shares of the states; what comes out goes into `corroborated`. */
function judge(
  group: Uint32Array, states: Uint32Array, probabilities: Float64Array, count: number,
  corroborated: Float64Array,
): void {
  const all = new Float64Array(count);
  for (const e of group) all[states[e]]++;
  // One state tells nothing, and what came is to stay as it is to the last bit.
  if (all[states[group[0]]] === group.length) return;
  const before = all.map((links) => links / group.length);
  let shares: StateShares = { match: before, other: before };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const matches = new Float64Array(count);
    for (const e of group) {
      const state = states[e];
      const match = probabilities[e] * shares.match[state];
      corroborated[e] = match === 0 ? 0 : match / (match + (1 - probabilities[e]) * shares.other[state]);
      matches[state] += corroborated[e];
    }
    const next = {
      match: sharesOf(matches, before), other: sharesOf(all.map((links, s) => links - matches[s]), before),
    };
    const moved = change(shares.match, next.match) + change(shares.other, next.other);
    shares = next;
    if (moved < SETTLED_AT) break;
  }
}

function sharesOf(counts: Float64Array, before: Float64Array): Float64Array {
  const total = counts.reduce((sum, one) => sum + one, 0) + LINKS_BEFORE;
  return counts.map((one, state) => (one + LINKS_BEFORE * before[state]) / total);
}

function change(from: Float64Array, to: Float64Array): number {
  return from.reduce((sum, share, state) => sum + Math.abs(share - to[state]), 0);
}
