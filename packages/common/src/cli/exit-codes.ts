/** Exit codes of every program; docs/reference/commands.md lists them. */
export const exitCodes = {
  /** It is done, or it was stopped on request. */
  ok: 0,
  /** Something is not as it should be; the message says what. */
  fault: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Of `plan` alone: there are changes to make. */
  changes: 2,
  /** The settings are wrong (EX_CONFIG of sysexits). */
  configuration: 78,
} as const;
