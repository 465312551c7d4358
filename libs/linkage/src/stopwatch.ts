/** What work gave, and the seconds that it took. */
export interface Timed<Result> { readonly result: Result; readonly seconds: number }

/** Tells how long work takes, by the clock of the surroundings. */
export class Stopwatch {
  /** @param now milliseconds of a steady clock. */
  constructor(private readonly now: () => number) {}

  /** Seconds since some moment that stays the same. */
  seconds(): number {
    return this.now() / 1000;
  }

  async time<Result>(work: () => Promise<Result>): Promise<Timed<Result>> {
    const started = this.seconds();
    const result = await work();
    return { result, seconds: this.seconds() - started };
  }

  timeNow<Result>(work: () => Result): Timed<Result> {
    const started = this.seconds();
    const result = work();
    return { result, seconds: this.seconds() - started };
  }
}
