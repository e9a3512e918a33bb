/** The routing status last accepted for each user. */

export type InjectedRoutingStatus = 'OffQueue' | 'Idle' | 'Interacting' | 'Communicating' | 'NotResponding';

export interface CloudRoutingStatus {
  readonly status: InjectedRoutingStatus;
  /** Absent when it was set natively. */
  readonly sourceId?: string;
  /** Time the event says, milliseconds since 1970. */
  readonly at: number;
}

const nativeNames = {
  OffQueue: 'OFF_QUEUE',
  Idle: 'IDLE',
  Interacting: 'INTERACTING',
  Communicating: 'COMMUNICATING',
  NotResponding: 'NOT_RESPONDING',
} as const satisfies Record<InjectedRoutingStatus, string>;

/** The spelling of `/users/{userId}/routingstatus`. */
export function nativeRoutingStatus(status: InjectedRoutingStatus): string {
  return nativeNames[status];
}

export function fromNativeRoutingStatus(native: string): InjectedRoutingStatus | undefined {
  for (const [status, name] of Object.entries(nativeNames))
    if (name === native) return status as InjectedRoutingStatus;
  return undefined;
}

export class RoutingStatusStore {
  readonly #statuses = new Map<string, CloudRoutingStatus>();

  get size(): number {
    return this.#statuses.size;
  }

  get(userId: string): CloudRoutingStatus | undefined {
    return this.#statuses.get(userId);
  }

  all(): IterableIterator<[userId: string, status: CloudRoutingStatus]> {
    return this.#statuses.entries();
  }

  set(userId: string, status: CloudRoutingStatus): void {
    this.#statuses.set(userId, status);
  }
}
