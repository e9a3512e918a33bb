/** A strict fake of the Genesys Cloud platform API and its login, on one loopback port. */
import type { ConversationView } from './events/read-model.ts';
import type { FaultControl } from './faults.ts';
import type { FakeGenesysCloudOptions, OAuthClient, Quirks } from './options.ts';
import type { CloudRecord } from './record/types.ts';
import type { CloudState } from './store/cloud-state.ts';

export class FakeGenesysCloud {
  /** `http://127.0.0.1:<port>`; serves `/oauth/token` and `/api/v2`. */
  readonly url: string;
  /** `<url>/oauth/token`. */
  readonly tokenUrl: string;
  readonly organizationId: string;
  readonly clients: readonly OAuthClient[];
  /** Switches; take effect at once. */
  readonly quirks: Quirks;
  readonly record: CloudRecord;
  readonly state: CloudState;
  readonly faults: FaultControl;

  private constructor(
    parts: Pick<
      FakeGenesysCloud,
      'url' | 'tokenUrl' | 'organizationId' | 'clients' | 'quirks' | 'record' | 'state' | 'faults'
    >,
  ) {
    this.url = parts.url;
    this.tokenUrl = parts.tokenUrl;
    this.organizationId = parts.organizationId;
    this.clients = parts.clients;
    this.quirks = parts.quirks;
    this.record = parts.record;
    this.state = parts.state;
    this.faults = parts.faults;
  }

  /** Listens before it resolves. Raises the socket's error when the port is taken. */
  static start(_options: FakeGenesysCloudOptions = {}): Promise<FakeGenesysCloud> {
    throw new Error('not yet');
  }

  /** The form in which the events have left a conversation. */
  conversation(id: string): ConversationView | undefined {
    return this.state.conversations.get(id);
  }

  /**
   * Resolves when the condition holds; it is looked at after each answered request. Rejects with the signal's reason,
   * or when the fake is closed.
   */
  until(_condition: () => boolean, _signal?: AbortSignal): Promise<void> {
    throw new Error('not yet');
  }

  /** Cuts all connections. Harmless when repeated. */
  close(): Promise<void> {
    throw new Error('not yet');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
