/** Exit code of a command that SIGINT or SIGTERM ended. */
const INTERRUPTED = 130;

/** Runs an action with a signal that SIGINT and SIGTERM abort; what was begun is left undone. */
export async function interruptible(action: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await action(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    console.error('interrupted; nothing was written');
    return INTERRUPTED;
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}
