/** Progress within so long says how fast it goes now. */
const WINDOW_MS = 30_000;
/** Less than this says nothing about the speed. */
const LEAST_MS = 1_000;

/** How long a submission goes on, from what became durable lately. */
export class RemainingTime {
  private readonly noted: { readonly at: number; readonly durable: number }[] = [];

  /**
   * @param at milliseconds of any clock that does not go back.
   * @returns seconds that are left, or undefined where nothing tells.
   */
  note(at: number, durable: number, bytes: number): number | undefined {
    this.noted.push({ at, durable });
    while (this.noted.length > 2 && this.noted[0].at < at - WINDOW_MS) this.noted.shift();
    const [first] = this.noted;
    const gained = durable - first.durable;
    if (gained <= 0 || at - first.at < LEAST_MS) return undefined;
    return Math.ceil((bytes - durable) * (at - first.at) / gained / 1_000);
  }
}

/** `12 seconds`, `3 minutes`, `2 hours 5 minutes`: as coarse as an estimate is. */
export function spokenTime(seconds: number): string {
  if (seconds < 60) return counted(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return counted(minutes, 'minute');
  const rest = minutes % 60;
  return `${counted(Math.floor(minutes / 60), 'hour')}${rest === 0 ? '' : ` ${counted(rest, 'minute')}`}`;
}

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
