/** Overwrites the secrets when the work is done, however it ends. */
export async function wiping<Result>(
  secrets: readonly Uint8Array[], work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}
