/** What a parent process and the guardian of its server say to each other: one JSON object a line. */

/** Text in which `{folder}` stands for the temporary folder that the guardian makes. */
type Template = string;

export interface GuardedCommand {
  readonly program: Template;
  readonly args: readonly Template[];
  readonly env?: Readonly<Record<string, Template>>;
}

/** A step before the server starts. */
export type GuardedStep =
  | { readonly step: 'run'; readonly command: GuardedCommand }
  | { readonly step: 'copy'; readonly from: string; readonly to: Template }
  | { readonly step: 'link'; readonly path: Template; readonly target: string }
  | { readonly step: 'write'; readonly path: Template; readonly text: string };

/** First line from the parent: all that the guardian needs to know. */
export interface GuardedSpec {
  /** An existing folder in which the temporary folder is made. */
  readonly base: string;
  /** Runs steps and server as this user; without it as the guardian's own. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly steps: readonly GuardedStep[];
  readonly server: GuardedCommand;
  /** The server is ready when a line of its output contains this. */
  readonly readyText: string;
  /** Signals that ask the server to end, in rising urgency; SIGKILL follows by itself. */
  readonly stopSignals: readonly NodeJS.Signals[];
  /** How long each of them may take, in milliseconds. Default 5,000. */
  readonly stopPatienceMs?: number;
  /** Signals tried before SIGKILL when the server is to crash; those of a server that leaves children behind. */
  readonly crashSignals: readonly NodeJS.Signals[];
}

/** Later lines from the parent. The end of the stream means: end the server, remove the folder, exit. */
export type GuardRequest = { readonly request: 'start' | 'stop' | 'kill' };

/** Lines from the guardian; each request is answered by exactly one. */
export type GuardAnswer =
  | { readonly answer: 'done'; readonly serverPid?: number; readonly folder?: string }
  | { readonly answer: 'failed'; readonly message: string };
