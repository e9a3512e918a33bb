/** Real numbers for the roles of a scenario. */

export interface CastAgent {
  readonly employeeId: string;
  readonly loginCode: string;
  readonly dn: string;
  /** Name of the switch. */
  readonly site: string;
  readonly mapped: boolean;
}

export interface CastQueue {
  readonly number: string;
  readonly site: string;
  readonly mapped: boolean;
}

/** By the names that the steps use. */
export interface People {
  /** 0, 1, 2 …: no two performances of a production share agents, callers or calls. */
  readonly index: number;
  readonly agents: ReadonlyMap<string, CastAgent>;
  readonly queues: ReadonlyMap<string, CastQueue>;
  /** The site's own names of the wrap-up codes that scripts use. */
  readonly codes: Readonly<Record<string, string>>;
}
