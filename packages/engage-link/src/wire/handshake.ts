/** Messages that both kinds of server share: opening, keep-alive, refusal. */
import { z } from 'zod';
import { attributes, nameOf, referenceId } from './values.ts';

export const serverRoles = ['Primary', 'Backup'] as const;
export type ServerRole = (typeof serverRoles)[number];

export const openingRequests = {
  /** The client's first frame. */
  RequestRegisterClient: attributes({
    ReferenceID: referenceId,
    ProtocolVersion: z.string(),
    ApplicationName: z.string(),
    ApplicationPassword: z.string().optional(),
  }),
} as const;

export const openingEvents = {
  EventServerConnected: attributes({
    ReferenceID: referenceId,
    ProtocolVersion: z.string(),
    ServerRole: z.enum(serverRoles),
    /** Start of the server's run, Unix time in seconds. */
    ServerStartTime: z.int(),
  }),
  /** Refusal of the request that ReferenceID names. */
  EventError: attributes({
    ReferenceID: referenceId.optional(),
    /** Informative only. */
    ErrorCode: z.union([z.int(), z.string()]).optional(),
    ErrorMessage: z.string().optional(),
    ThisDN: z.string().optional(),
  }),
} as const;

/** Sent by either side at any time; they have no attributes. */
export const KEEP_ALIVE_REQUEST = 'KeepAliveRequest';
export const KEEP_ALIVE_RESPONSE = 'KeepAliveResponse';

export type RegisterClient = z.output<typeof openingRequests.RequestRegisterClient>;
export type ServerConnected = z.output<typeof openingEvents.EventServerConnected>;
export type LinkRefusal = z.output<typeof openingEvents.EventError>;
export type OpeningEvent =
  | { readonly message: 'EventServerConnected'; readonly attributes: ServerConnected }
  | { readonly message: 'EventError'; readonly attributes: LinkRefusal };

export const roleOrUnknown = nameOf(serverRoles, 'Unknown');
