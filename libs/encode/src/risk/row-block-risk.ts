import { RECORD_ID_BYTES, type Cardinality, type SegmentShape } from '#libs/record';
import { judgeRisk, type ExtractRisk, type RecordStatistics } from './extract-risk.js';
import { DrawnFilters } from './drawn-filters.js';
import { filterHash, hashFilter, mixed } from './filter-hash.js';
import type { RiskStatistics } from './filter-risk.js';
import { HashedCounts } from './hashed-counts.js';
import type { DeclaredHardening, RiskLevels } from './risk-levels.js';

// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { imul } = Math;

/** Rows, drawn evenly from all, whose bits are counted. */
export const COUNTED_ROWS = 64_000;
/**
 * Different values of a segment that are counted exactly; beyond, a sample of the values. Holds every value
 * of the rows that are drawn: their number deviates from `COUNTED_ROWS` by some 250.
 */
const COUNTED_VALUES = 1 << 16;

/** Where a segment lies in a row of words. */
interface SegmentPlace {
  readonly bits: number;
  /** In the row as delivered, bytes. */
  readonly from: number;
  /** In the row of words. */
  readonly firstWord: number;
  readonly endWord: number;
}

/**
 * The risk of an extract from blocks of whole rows as extracts have them (record id, then the filters):
 * `ExtractRiskCollector` for many millions of rows.
 *
 * Missing filters, empty records and repeated values are counted in every row. What rests on single bits
 * (fill, dispersion, full filters, columns, correlation) is of `COUNTED_ROWS` rows drawn evenly, each with
 * the same chance and always the same ones. So is `greatestShare` where there are more different values
 * than are kept: a value of a share of .001 is there some 64 times. Memory: 3.1 MB, and for each segment
 * 3.1 MB and 10,000 filters, whatever the rows.
 */
export class RowBlockRisk {
  private readonly places: readonly SegmentPlace[];
  private readonly rowBytes: number;
  private readonly inWords: boolean;
  private readonly risks: readonly DrawnFilters[];
  private readonly values: readonly HashedCounts[];
  private readonly missing: Float64Array;
  private readonly wholes: HashedCounts;
  private readonly drawn: HashedCounts;
  private readonly chance: number;
  private readonly hash = filterHash();
  private scratch = new Uint8Array(0);
  private rows = 0;
  private empty = 0;
  private rowsDrawn = 0;
  private state = 0x2545f491;

  /**
   * @param records rows that will come.
   * @param counted rows whose bits are counted, about.
   */
  constructor(
    private readonly segments: readonly SegmentShape[], records: number, counted = COUNTED_ROWS,
    countedValues = COUNTED_VALUES,
  ) {
    this.places = placesOf(segments);
    this.rowBytes = RECORD_ID_BYTES + segments.reduce((sum, { bits }) => sum + bits / 8, 0);
    this.inWords = segments.every(({ bits }) => bits % 32 === 0);
    this.risks = segments.map(({ bits }) => new DrawnFilters(bits, COUNTED_VALUES));
    this.values = segments.map(() => new HashedCounts(countedValues));
    this.missing = new Float64Array(segments.length);
    this.wholes = new HashedCounts(countedValues);
    this.drawn = new HashedCounts(COUNTED_VALUES);
    this.chance = records <= counted ? 1 : counted / records;
  }

  /** Takes whole rows, one after the other. */
  add(rows: Uint8Array): void {
    const words = this.wordsOf(rows);
    const rowWords = words.length / (rows.length / this.rowBytes);
    for (let start = 0; start < words.length; start += rowWords) {
      const drawn = this.chance === 1 || this.nextFraction() < this.chance;
      if (drawn) this.rowsDrawn++;
      this.addRow(words, start, drawn);
    }
  }

  /** See `judgeRisk`. */
  judge(
    levels: RiskLevels, declared: ReadonlyMap<string, DeclaredHardening>, cardinality: Cardinality,
  ): ExtractRisk {
    const segments = this.segments.map((shape, s) => ({ ...shape, statistics: this.statisticsOf(s) }));
    return judgeRisk(segments, this.recordStatistics(), levels, declared, cardinality);
  }

  /** By segment, for each bit the share of the filters that have it. */
  columnShares(): Float64Array[] {
    return this.risks.map((risk) => risk.columnShares());
  }

  /** Rows whose bits were counted. */
  get countedRows(): number {
    return this.rowsDrawn;
  }

  private addRow(words: Int32Array, start: number, drawn: boolean): void {
    const { places, hash } = this;
    let wholeHigh = 0;
    let wholeLow = 0;
    let present = false;
    for (let s = 0; s < places.length; s++) {
      const from = start + places[s].firstWord;
      const to = start + places[s].endWord;
      hashFilter(words, from, to, hash);
      if (hash[2] === 0) {
        this.missing[s]++;
      } else {
        present = true;
        this.values[s].add(hash[0], hash[1]);
      }
      if (drawn) this.risks[s].add(words, from, to, hash);
      wholeHigh = imul(wholeHigh ^ hash[0], 0x85ebca77) + s;
      wholeLow = mixed(wholeLow + hash[1]);
    }
    this.rows++;
    if (!present) {
      this.empty++;
      return;
    }
    const [high, low] = [mixed(wholeHigh ^ wholeLow), mixed(wholeLow)];
    this.wholes.add(high, low);
    if (drawn) this.drawn.add(high, low);
  }

  private statisticsOf(s: number): RiskStatistics {
    const ofDrawn = this.risks[s].statistics();
    const { rows, missing: { [s]: missing } } = this;
    const counted = this.values[s].statistics();
    const {
      distinct, duplicateShare, greatestMultiplicity, greatestShare, alignableShare, sampled,
    } = counted;
    const greatest = sampled === 1 ? greatestShare : Math.max(greatestShare, ofDrawn.greatestShare);
    return {
      ...ofDrawn, records: rows, missingShare: rows === 0 ? 0 : missing / rows, distinct, duplicateShare,
      alignableShare, greatestShare: greatest,
      greatestMultiplicity: Math.max(greatestMultiplicity, Math.round(greatest * (rows - missing))),
    };
  }

  private recordStatistics(): RecordStatistics {
    const { rows, empty } = this;
    const { duplicateShare, greatestMultiplicity, greatestShare, sampled } = this.wholes.statistics();
    const greatest = sampled === 1 ? greatestShare
      : Math.max(greatestShare, this.drawn.statistics().greatestShare);
    return {
      records: rows, emptyShare: rows === 0 ? 0 : empty / rows, duplicateShare, greatestShare: greatest,
      greatestMultiplicity: Math.max(greatestMultiplicity, Math.round(greatest * (rows - empty))),
    };
  }

  /** Rows as words; copied where they do not lie so, with zeros after a filter that ends within a word. */
  private wordsOf(rows: Uint8Array): Int32Array {
    if (this.inWords && rows.byteOffset % 4 === 0) {
      return new Int32Array(rows.buffer, rows.byteOffset, rows.length / 4);
    }
    const rowWords = this.places.at(-1)?.endWord ?? 0;
    const bytes = (rows.length / this.rowBytes) * rowWords * 4;
    if (this.scratch.length < bytes) this.scratch = new Uint8Array(bytes);
    for (let at = 0, to = 0; at < rows.length; at += this.rowBytes, to += rowWords * 4) {
      for (const { from, bits, firstWord } of this.places) {
        this.scratch.set(rows.subarray(at + from, at + from + bits / 8), to + firstWord * 4);
      }
    }
    return new Int32Array(this.scratch.buffer, 0, bytes / 4);
  }

  /** xorshift32, as in `RowSample`: no secrecy is needed, only no pattern. */
  private nextFraction(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }
}

function placesOf(segments: readonly SegmentShape[]): SegmentPlace[] {
  let from = RECORD_ID_BYTES;
  let firstWord = RECORD_ID_BYTES / 4;
  return segments.map(({ bits }) => {
    const place = { bits, from, firstWord, endWord: firstWord + Math.ceil(bits / 32) };
    from += bits / 8;
    firstWord = place.endWord;
    return place;
  });
}
