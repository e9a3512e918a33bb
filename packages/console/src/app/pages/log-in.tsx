/** Log-in with a token of the API. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiClient } from '../api/client.ts';

export function LogIn({
  client,
  service,
  why,
  onIn,
}: {
  readonly client: ApiClient;
  readonly service: string;
  readonly why: string | undefined;
  readonly onIn: () => void;
}): JSX.Element {
  const [token, setToken] = useState('');
  const [fault, setFault] = useState(why);
  const [asking, setAsking] = useState(false);
  const send = async () => {
    setAsking(true);
    const answer = await client.session('POST', { token: token.trim() });
    setAsking(false);
    if (answer.kind === 'answered') onIn();
    else
      setFault(
        answer.kind === 'refused'
          ? answer.fault.status === 401
            ? 'This token is not known here.'
            : `${answer.fault.title} ${answer.fault.detail}`
          : 'The service does not answer.',
      );
  };
  return (
    <main class="alone">
      <h1>{service.toUpperCase()}: log in</h1>
      <form
        class="log-in"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          <span>Token</span>
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="quiet">
          A token of <code>API_TOKEN</code> may do everything, one of <code>API_READ_TOKEN</code> may look.
        </p>
        {fault !== undefined && (
          <p class="banner bad" role="alert">
            {fault}
          </p>
        )}
        <button type="submit" class="primary" disabled={asking}>
          Log in
        </button>
      </form>
    </main>
  );
}
