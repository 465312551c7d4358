import { VinculumError } from '#libs/record';

export const DONE = 0;
/** The question was answered, and the answer is no. */
export const ANSWER_IS_NO = 1;
/** Bad usage or input. */
export const BAD_INPUT = 2;

/**
 * Runs the action of a command: a refusal is printed with its rows and ends with `BAD_INPUT`; under
 * `--json` the last line on stdout says the same. A bug stays an exception.
 */
export async function endWith(json: boolean, action: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await action();
  } catch (error) {
    if (!(error instanceof VinculumError)) throw error;
    const { code, message, rows } = error;
    console.error(`${code}: ${message}`);
    for (const { row, field, reason } of rows) console.error(`  row ${row}${field ? `, ${field}` : ''}: ${reason}`);
    if (json) console.log(JSON.stringify({ error: { code, message, rows } }));
    process.exitCode = BAD_INPUT;
  }
}
