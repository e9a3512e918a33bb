/** Error codes of EXCP. */
import type { ErrorCodeInfo } from './info.ts';

export const excpCodes = {
  'conversation.not-found': {
    status: 404,
    summary: 'No conversation with this CallUUID is known: it never was, or is over.',
    remedy: 'Check the CallUUID; ended conversations are known only while a disposition may still come.',
  },
  'dead-letter.not-found': {
    status: 404,
    summary: 'There is no dead letter with this ID.',
    remedy: 'List the dead letters: it may have been sent again, dropped, or be older than KEEP_DAYS.',
  },
  'dead-letter.conversation-over': {
    status: 409,
    summary: 'The conversation of the dead letter is over, so its events cannot be sent any more.',
    remedy: 'Drop the dead letter.',
  },
  'quarantine.not-found': {
    status: 404,
    summary: 'There is no entry with this ID in the quarantine.',
    remedy: 'List the quarantine: it may have been dropped, or made room for newer entries.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
