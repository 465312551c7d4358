/** A window begins with the first refusal of its kind. */
export const WINDOW_MS = 10 * 60_000;

/** Refusals of one kind after the first of its window. */
export interface Repeated {
  readonly action: string;
  readonly reason: string;
  readonly count: number;
}

interface Window {
  readonly action: string;
  readonly reason: string;
  readonly endsAt: number;
  count: number;
}

/**
 * Counts refusals of those who are not signed in, by action and reason: anybody can cause them, as many as
 * they like, and each leaf of the log is for ever. The first of a window is logged by itself, at once; the
 * others are counted here, and logged together. There are as many windows at most as actions and reasons.
 */
export class RepeatedRefusals {
  private windows = new Map<string, Window>();

  /**
   * @param now milliseconds of any clock that does not go back.
   * @returns whether it was counted; otherwise it is the first, and the caller logs it.
   */
  counts(now: number, action: string, reason: string): boolean {
    const kind = `${action} ${reason}`;
    const window = this.windows.get(kind);
    // What a window that has ended counted is not taken yet: it goes on until it is.
    if (window && (now < window.endsAt || window.count > 0)) {
      window.count++;
      return true;
    }
    this.windows.set(kind, { action, reason, endsAt: now + WINDOW_MS, count: 0 });
    return false;
  }

  /** The first could not be logged: the next one is the first. */
  forget(action: string, reason: string): void {
    const kind = `${action} ${reason}`;
    if (this.windows.get(kind)?.count === 0) this.windows.delete(kind);
  }

  /** Ends the windows whose time has come, and hands out what they counted. */
  takeEnded(now: number): Repeated[] {
    return this.take((window) => window.endsAt <= now);
  }

  /** Ends all windows. */
  takeAll(): Repeated[] {
    return this.take(() => true);
  }

  /** What could not be logged: it is counted on. */
  giveBack(repeated: Repeated): void {
    const kind = `${repeated.action} ${repeated.reason}`;
    const window = this.windows.get(kind);
    if (window) window.count += repeated.count;
    else this.windows.set(kind, { ...repeated, endsAt: 0 });
  }

  private take(isOver: (window: Window) => boolean): Repeated[] {
    const over = [...this.windows].filter(([, window]) => isOver(window));
    for (const [kind] of over) this.windows.delete(kind);
    return over.filter(([, { count }]) => count > 0)
      .map(([, { action, reason, count }]) => ({ action, reason, count }));
  }
}
