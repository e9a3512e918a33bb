/** When the content of followed files is taken: not before two looks in a row saw the same, so that no half of it is. */

export interface FollowedState {
  /** Fingerprint of the content in use. */
  readonly used: string;
  /** Of what the last look saw, when that is another one. */
  readonly seen: string | undefined;
  /** Of what could not be used: it is not tried, nor spoken of, a second time. */
  readonly refused: string | undefined;
}

export type FollowedInput =
  | { readonly kind: 'looked'; readonly fingerprint: string }
  | { readonly kind: 'tried'; readonly fingerprint: string; readonly ok: boolean };

export interface FollowedStep {
  readonly state: FollowedState;
  /** Whether the content that was looked at is to be tried now. */
  readonly attempt: boolean;
}

export function followedAtFirst(fingerprint: string): FollowedState {
  return { used: fingerprint, seen: undefined, refused: undefined };
}

export function nextFollowed(state: FollowedState, input: FollowedInput): FollowedStep {
  const { used, seen, refused } = state;
  const { fingerprint } = input;
  if (input.kind === 'tried')
    return {
      state: input.ok
        ? { used: fingerprint, seen: undefined, refused: undefined }
        : { used, seen: undefined, refused: fingerprint },
      attempt: false,
    };
  if (fingerprint === used) return { state: followedAtFirst(used), attempt: false };
  if (fingerprint === refused) return { state: { used, seen: undefined, refused }, attempt: false };
  return { state: { used, seen: fingerprint, refused }, attempt: fingerprint === seen };
}
