/**
 * Wraps the data keys of extracts: each has one for its filters and one for its content. What wraps them is
 * that extract's alone and lies outside the database: to destroy it makes every copy of the wrapped keys
 * worthless, those in backups of the database too (`crypto-shredding.md`).
 */
export interface StorageKeys {
  /**
   * A data key (32 bytes) for storage in the database; makes what wraps it at the extract's first call. Call
   * it in the transaction that stores the result, which holds `WRAPPING_LOCK`.
   */
  wrap(extract: string, dataKey: Uint8Array): Promise<Buffer>;
  /**
   * @throws VinculumError `STORAGE_KEY_DESTROYED` where the extract's key is gone, `STORAGE_KEY_UNKNOWN`
   *   where the master key that wrapped it is not at hand, `STORAGE_KEY_UNAVAILABLE` where a key management
   *   service does not answer.
   */
  unwrap(extract: string, wrapped: Uint8Array): Promise<Buffer>;
  /**
   * The same data keys under the current master key, in the same order; undefined where they are under it
   * already. All of an extract at once: a key management service then opens with the newest version alone.
   */
  rewrap(extract: string, wrapped: readonly Uint8Array[]): Promise<Buffer[] | undefined>;
  /** From here on nothing that was ever wrapped for the extract can be opened. Again: changes nothing. */
  destroy(extract: string): Promise<void>;
}

/**
 * Advisory lock of the database: shared by who wraps a new key, exclusive for the moment in which a rotation
 * makes another master key the current one. Without it a key wrapped under the old one could be stored after
 * the rotation has looked for such. The number is ours and means nothing else.
 */
export const WRAPPING_LOCK = 7_362_002;
