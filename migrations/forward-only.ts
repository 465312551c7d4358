/** A step back would destroy what custodians delivered: restore a backup instead. */
export function forwardOnly(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
