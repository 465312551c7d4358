/** What a runner says about one file of golden values: how many held, a sentence for each that did not. */
export interface VectorResult {
  readonly passed: number;
  readonly failed: readonly string[];
}

/**
 * Checks one file of golden values. `content` is the file as UTF-8 text, `fileName` its base name.
 * A thrown error counts as one failure of the file.
 */
export type VectorRunner = (content: string, fileName: string) => VectorResult | Promise<VectorResult>;

/** What `runners/<name>.ts` exports; `<name>` is the data file's name up to its first dot. */
export interface VectorRunnerModule {
  readonly run: VectorRunner;
}

/** Counts the values that hold and keeps a sentence for each that does not. */
export class Tally implements VectorResult {
  passed = 0;
  readonly failed: string[] = [];

  /** Compares by JSON text, so that arrays and objects compare by value; `undefined` equals only itself. */
  equal(label: string, actual: unknown, expected: unknown): void {
    const got = JSON.stringify(actual);
    const want = JSON.stringify(expected);
    if (got === want) this.passed += 1;
    else this.failed.push(`${label}: expected ${shorten(want)}, got ${shorten(got)}`);
  }

  /** Numbers: holds when |actual - expected| <= tolerance; NaN never holds. */
  near(label: string, actual: number, expected: number, tolerance: number): void {
    if (Math.abs(actual - expected) <= tolerance) this.passed += 1;
    else this.failed.push(`${label}: expected ${expected} within ${tolerance}, got ${actual}`);
  }

  /** A fact that must hold. */
  holds(label: string, fact: boolean): void {
    if (fact) this.passed += 1;
    else this.failed.push(label);
  }

  /** `action` must throw. */
  refuses(label: string, action: () => unknown): void {
    try {
      action();
    } catch {
      this.passed += 1;
      return;
    }
    this.failed.push(`${label}: expected a refusal, got an answer`);
  }
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'undefined';
  return text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text;
}
