/** Why the tests of containers cannot run here, with what helps. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}
