/** The result of one check of one VM. */
export interface CheckResult {
  readonly instance: string;
  readonly host: string;
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly found: string;
  readonly expected: string;
  /** What the operator does; empty when all is well. */
  readonly remedy: string;
}

export type Finding = Omit<CheckResult, 'instance' | 'host'>;
