/** Reads what a server says to the registration of a client. */
import type { Secret } from '@exec/common/config';
import { maskPersons } from '@exec/common/persons';
import { type Frame, PROTOCOL_VERSION, parseOpening, type ServerConnected } from '../wire/index.ts';
import type { Ending } from './connection-state.ts';

export type RegistrationAnswer =
  | { readonly kind: 'accepted'; readonly answer: ServerConnected }
  | { readonly kind: 'failed'; readonly ending: Ending }
  /** Not an answer to this registration. */
  | { readonly kind: 'other' };

/** `password` is what must not come back in the text of a refusal. */
export function readRegistrationAnswer(
  frame: Frame,
  referenceId: number,
  password: Secret | undefined,
): RegistrationAnswer {
  const parsed = parseOpening(frame);
  if (parsed.kind === 'unknown') return { kind: 'other' };
  if (parsed.kind === 'invalid')
    return failed(
      'link.answer-invalid',
      `sent a ${frame.message} that is not valid: ${parsed.issues.join('; ')}`,
    );
  const event = parsed.value;
  const answers = event.attributes.ReferenceID;
  if (answers !== undefined && answers !== referenceId) return { kind: 'other' };
  if (event.message === 'EventError') {
    const { ErrorCode, ErrorMessage } = event.attributes;
    const text = refusalText(ErrorCode, ErrorMessage, password);
    return failed('link.registration-refused', `refused the registration${text}`);
  }
  if (event.attributes.ProtocolVersion !== PROTOCOL_VERSION) {
    const version = printable(event.attributes.ProtocolVersion);
    return failed('link.version-unsupported', `speaks "${version}", needed is "${PROTOCOL_VERSION}"`);
  }
  return { kind: 'accepted', answer: event.attributes };
}

function failed(code: Ending['code'], message: string): RegistrationAnswer {
  return { kind: 'failed', ending: { code, message } };
}

/** Code and message of an EventError as the end of a sentence. */
export function refusalText(
  code: string | number | undefined,
  message: string | undefined,
  password?: Secret,
): string {
  const secret = password?.reveal() ?? '';
  const text = printable(message ?? '');
  const shown = secret === '' ? text : text.replaceAll(secret, '[secret]');
  return `${code === undefined ? '' : ` with code ${printable(String(code))}`}${shown === '' ? '' : `: ${shown}`}`;
}

/** A peer's text as it may stand in a log line: without control characters and what tells of a person. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return maskPersons(text.slice(0, 400).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')).slice(0, 200);
}
