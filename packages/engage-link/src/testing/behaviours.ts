/** Small habits that a scripted link server is put together from. */
import {
  type Frame,
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  PROTOCOL_VERSION,
  referenceIdOf,
  type ServerRole,
} from '../wire/index.ts';
import type { PeerConnection } from './peer-connection.ts';

/** Returns whether it has dealt with the frame. */
export type Behaviour = (connection: PeerConnection, frame: Frame) => boolean;

/** Takes every registration; a SIP Server that is linked says so at once. */
export function accept(
  options: { readonly role?: ServerRole; readonly linked?: boolean; readonly serverStartTime?: number } = {},
): Behaviour {
  return answer('RequestRegisterClient', (connection, { attributes }) => {
    connection.send('EventServerConnected', {
      ReferenceID: attributes.ReferenceID,
      ProtocolVersion: PROTOCOL_VERSION,
      ServerRole: options.role ?? 'Primary',
      ServerStartTime: options.serverStartTime ?? 1_700_000_000,
    });
    if (options.linked === true) connection.send('EventLinkConnected');
  });
}

/** Refuses requests with that name; the registration is refused for good. */
export function refuse(message: string, errorMessage: string, errorCode = 40): Behaviour {
  return answer(message, (connection, frame) => {
    const ReferenceID = referenceIdOf(frame);
    connection.send('EventError', { ReferenceID, ErrorCode: errorCode, ErrorMessage: errorMessage });
    if (message === 'RequestRegisterClient') connection.end();
  });
}

/** Answers keep-alive requests. */
export const keepAlive: Behaviour = answer(KEEP_ALIVE_REQUEST, (connection) =>
  connection.send(KEEP_ALIVE_RESPONSE),
);

/** Does something whenever a frame with that message arrives. */
export function answer(
  message: string,
  reply: (connection: PeerConnection, frame: Frame) => void,
): Behaviour {
  return (connection, frame) => {
    if (frame.message !== message) return false;
    reply(connection, frame);
    return true;
  };
}

/** Answers requests of one name by an event that repeats the ReferenceID. */
export function reply(
  message: string,
  event: string,
  attributes: (frame: Frame) => object = () => ({}),
): Behaviour {
  return answer(message, (connection, frame) =>
    connection.send(event, { ReferenceID: referenceIdOf(frame), ...attributes(frame) }),
  );
}
