/** A plain client for the tests of the fake: log in, call an operation, see status, headers and body. */
import { randomUUID } from 'node:crypto';
import type { FakeGenesysCloud } from './fake-genesys-cloud.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into many shapes
  readonly json: any;
}

export class TestClient {
  readonly #url: string;
  token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  /** Logs in as the first client of the fake. */
  static async login(fake: FakeGenesysCloud, index = 0): Promise<TestClient> {
    const answer = await loginAnswer(fake, index);
    return new TestClient(fake.url, String(answer.json.access_token));
  }

  /** `path` below `/api/v2`. */
  async call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<TestAnswer> {
    const response = await fetch(`${this.#url}/api/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return answerOf(response);
  }

  get(path: string): Promise<TestAnswer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown): Promise<TestAnswer> {
    return this.call('POST', path, body);
  }
}

export async function loginAnswer(
  fake: FakeGenesysCloud,
  index = 0,
  overrides: { readonly secret?: string; readonly form?: string } = {},
): Promise<TestAnswer> {
  const client = fake.clients[index];
  const credentials = `${client?.clientId}:${overrides.secret ?? client?.clientSecret}`;
  const response = await fetch(fake.tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: overrides.form ?? 'grant_type=client_credentials',
  });
  return answerOf(response);
}

async function answerOf(response: Response): Promise<TestAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** An organisation with a source, an active user, a queue and a wrap-up code, made past the API. */
export function seed(fake: FakeGenesysCloud): {
  readonly userId: string;
  readonly queueId: string;
  readonly codeId: string;
  readonly sourceId: string;
  readonly onQueueId: string;
} {
  const { state } = fake;
  return {
    userId: state.users.create({ name: 'Ada', email: `${randomUUID()}@example.com`, state: 'active' }).id,
    queueId: state.queues.create({ name: `Support ${randomUUID()}` }).id,
    codeId: state.wrapupCodes.create({ name: `Solved ${randomUUID()}` }).id,
    sourceId: state.presence.saveSource({ name: 'Engage 1' }).id,
    onQueueId: state.presence.definitions.system('OnQueue')?.id ?? '',
  };
}
