/** What the table of errors says about each code. */

export interface ErrorCodeInfo {
  /** HTTP status when the error answers a request. */
  readonly status: number;
  /** What happened, in one sentence. */
  readonly summary: string;
  /** What the operator does about it. */
  readonly remedy: string;
}
