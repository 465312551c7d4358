import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';

/** What shows how far a command has read its files. */
export interface ReadingProgress {
  /** Takes the bytes read of all files so far. */
  readonly update: (bytes: number) => void;
  /** Clears the bar; may be called more than once. */
  readonly stop: () => void;
}

/** A bar on stderr over the bytes of all files; nothing where stderr is no terminal. */
export function readingProgress(label: string, paths: readonly (string | undefined)[]): ReadingProgress {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const size = (path: string | undefined): number =>
    (path === undefined ? 0 : statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const bar = new SingleBar({
    format: `${label} [{bar}] {percentage}%, {eta_formatted} left`, stream: process.stderr, clearOnComplete: true,
  });
  bar.start(paths.reduce((sum, path) => sum + size(path), 0), 0);
  return { update: (bytes) => bar.update(bytes), stop: () => bar.stop() };
}

/** What shows how much of a submission the service has. */
export interface SendingProgress {
  /** Takes bytes that are durable, and bytes in all. */
  readonly update: (durable: number, bytes: number) => void;
  /** May be called more than once. */
  readonly stop: () => void;
}

/** A bar with the time that is left; nothing where nobody looks. */
export function sendingProgress(stream: NodeJS.WriteStream = process.stderr): SendingProgress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: 'sent {percentage}% |{bar}| {megabytes} MB, {eta_formatted} left', etaBuffer: 50, hideCursor: true, stream,
  });
  let started = false;
  return {
    update: (durable, bytes) => {
      const payload = { megabytes: `${Math.round(durable / 1e6)}/${Math.round(bytes / 1e6)}` };
      if (started) bar.update(durable, payload);
      else bar.start(bytes, durable, payload);
      started = true;
    },
    stop: () => bar.stop(),
  };
}
