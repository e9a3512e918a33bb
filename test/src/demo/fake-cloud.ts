/** The fake Genesys Cloud process, seen from outside: its record and its state. */
import type { ConversationView, RecordSnapshot, StateCounts } from '@exec/simulators/genesys-cloud';
import { request } from 'undici';
import type { Child } from './processes.ts';

export interface UserView {
  readonly id: string;
  readonly state: string;
  readonly externalIds: readonly { readonly authorityName: string; readonly externalKey: string }[];
}

export interface AgentStateView {
  readonly userId: string;
  readonly presences: readonly { readonly sourceId: string; readonly systemPresence?: string }[];
  readonly routingStatus?: { readonly status: string };
}

export class FakeCloud {
  readonly url: string;
  readonly tokenUrl: string;

  private constructor(url: string, tokenUrl: string) {
    this.url = url;
    this.tokenUrl = tokenUrl;
  }

  static async of(child: Child): Promise<FakeCloud> {
    return child.nextJson(({ ready, url, tokenUrl }) =>
      ready === true && typeof url === 'string' && typeof tokenUrl === 'string'
        ? new FakeCloud(url, tokenUrl)
        : undefined,
    );
  }

  record(): Promise<RecordSnapshot> {
    return this.#get('record');
  }

  counts(): Promise<StateCounts> {
    return this.#get('state');
  }

  users(): Promise<UserView[]> {
    return this.#get('users');
  }

  queues(): Promise<{ readonly id: string; readonly peerId?: string }[]> {
    return this.#get('queues');
  }

  wrapupCodes(): Promise<{ readonly id: string; readonly name: string }[]> {
    return this.#get('wrapup-codes');
  }

  agentStates(): Promise<AgentStateView[]> {
    return this.#get('agent-states');
  }

  conversations(): Promise<ConversationView[]> {
    return this.#get('conversations');
  }

  async #get<T>(name: string): Promise<T> {
    const { statusCode, body } = await request(`${this.url}/__control/${name}`);
    if (statusCode !== 200) throw new Error(`the fake cloud answered ${statusCode} to ${name}`);
    return (await body.json()) as T;
  }
}
