import type { FilterStore } from './filter-store.js';

const LETTERS = 26;
const DIGITS = 10;
/** A-Z, 0-9 and the pad. */
const SIGNS = LETTERS + DIGITS + 1;
const PAD = SIGNS - 1;
const SIGN_TEXT = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
const NO_SIGN = -1;

/**
 * Filters of the padded pairs of letters and digits, found by two numbers instead of by a text: most parts
 * of names consist of them, and a new part is learnt from its pairs alone.
 */
export class BigramFilters {
  /** Addresses of filters, 0 where none is made yet. */
  private readonly addresses = new Int32Array(SIGNS * SIGNS);

  /** @param addTokens adds tokens to the filter at an address */
  constructor(
    private readonly store: FilterStore, private readonly addTokens: (at: number, tokens: string[]) => void,
  ) {}

  /** Whether `written`, a transliterated text, has pairs, and all of A-Z and digits. */
  canJoin(written: string): boolean {
    if (written === '') return false;
    for (let i = 0; i < written.length; i++) {
      const code = written.charCodeAt(i);
      if (signOf(code) === NO_SIGN && code !== SPACE) return false;
    }
    return true;
  }

  /** Joins the pairs of such a text into the filter at `at`: those that `wordBigrams` gives. */
  join(at: number, written: string): void {
    let previous = PAD;
    for (let i = 0; i < written.length; i++) {
      const code = written.charCodeAt(i);
      const sign = code === SPACE ? PAD : signOf(code);
      this.store.join(at, this.pair(previous, sign));
      previous = sign;
    }
    this.store.join(at, this.pair(previous, PAD));
  }

  private pair(first: number, second: number): number {
    const place = first * SIGNS + second;
    return this.addresses[place] || this.make(place, SIGN_TEXT[first] + SIGN_TEXT[second]);
  }

  private make(place: number, token: string): number {
    const at = this.store.allocate(1);
    this.addTokens(at, [token]);
    return (this.addresses[place] = at);
  }
}

const SPACE = 0x20;

function signOf(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  return code >= 0x30 && code <= 0x39 ? LETTERS + code - 0x30 : NO_SIGN;
}
