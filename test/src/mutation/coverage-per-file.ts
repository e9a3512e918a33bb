/**
 * Before each test file of the run that asks which test reaches which mutant: only what this file reaches. Files share
 * one process, and the counters of Stryker with it; each file would report all those before it once more.
 */
const counters = (globalThis as { __stryker__?: { mutantCoverage?: { static: object; perTest: object } } })
  .__stryker__?.mutantCoverage;
if (counters !== undefined) Object.assign(counters, { static: {}, perTest: {} });
