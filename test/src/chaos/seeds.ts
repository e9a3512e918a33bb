/** Runs that found something once, so that they are played again: which, and what they found. */
export interface Seed {
  readonly seed: number;
  /** The faults alone that are enough to find it, in their order. */
  readonly only?: readonly string[];
  /** How long its faults are played, where `only` does not say which; default: as the command line says. */
  readonly minutes?: number;
  readonly found: string;
}

export const seeds: readonly Seed[] = [
  {
    seed: 11,
    only: ['cloud-answers-403'],
    found:
      'EXCS was not ready for ever after its drift check had met 403 for some seconds: what had said that the cloud is ' +
      'away was not what says that it is back.',
  },
  {
    seed: 31,
    only: ['redis-emptied'],
    found:
      'EXCS stored the settings only when they changed: EXAS and EXCP waited for them for ever, once Redis had lost them. ' +
      'And EXCP looked only at a new connection whether Redis still had its data: after FLUSHALL nobody listed the gap, and ' +
      'what was open stayed open in the cloud.',
  },
  {
    seed: 32,
    only: ['redis-killed'],
    found:
      'An EXAS that lost its lease while Redis was away said as a standby that states are held back, and was not ready ' +
      'for ever.',
  },
  {
    seed: 41,
    minutes: 30,
    found:
      'EXCP took over while the clock of Redis jumped a day ahead: what was stored before the jump seemed a day old, and its ' +
      'conversations were closed as too long. An EXAS that came to stand by while the cloud was away was not ready for ever. ' +
      'Queue legs of calls of some milliseconds were lost in bursts on a machine that is short of processors.',
  },
  {
    seed: 97,
    minutes: 30,
    found:
      'Redis remembered by its own clock which events it has: a jump of a day ahead emptied that memory, and events that were ' +
      'told again just then were dealt with twice. After Redis was away, what one instance stored late came behind the ' +
      'snapshot of one that had been blind, and single events changed places. A call that went on at another site while that ' +
      "site's servers switched over became two conversations.",
  },
];
