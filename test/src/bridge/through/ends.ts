/** What has to be ended, newest first, also when a start breaks off. */
export type Ends = AsyncDisposableStack;

/** Runs a check with things to end; answers what is wrong as text, or nothing. */
export async function checked(run: (ends: Ends) => Promise<string | undefined>): Promise<string | undefined> {
  const ends = new AsyncDisposableStack();
  try {
    return await run(ends);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    await ends.disposeAsync();
  }
}
