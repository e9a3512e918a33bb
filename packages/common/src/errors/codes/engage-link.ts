/** Error codes of the links to Engage. */
import type { ErrorCodeInfo } from './info.ts';

export const engageLinkCodes = {
  'link.connect-failed': {
    status: 503,
    summary: 'No connection to the Engage server: refused, unreachable, or the name is not known.',
    remedy: 'Check host and port of the server, that its bridge runs, and the firewall between.',
  },
  'link.connect-timeout': {
    status: 503,
    summary: 'The Engage server did not take the connection in time.',
    remedy: 'Check host and port of the server and the firewall between.',
  },
  'link.tls-failed': {
    status: 503,
    summary: 'TLS to the Engage server could not be set up.',
    remedy:
      'Check ENGAGE_LINK_CA_FILE, ENGAGE_LINK_CERT_FILE and ENGAGE_LINK_KEY_FILE, the name in the certificate of the server, and whether the address should begin with tls://.',
  },
  'link.registration-refused': {
    status: 503,
    summary: 'The Engage server refused the registration of the client.',
    remedy: 'Check ENGAGE_APP_NAME and ENGAGE_APP_PASSWORD against what the bridge expects.',
  },
  'link.registration-timeout': {
    status: 503,
    summary: 'The Engage server took the connection but did not answer the registration.',
    remedy: 'Check that the address is that of an Engage Link bridge and that the bridge is healthy.',
  },
  'link.version-unsupported': {
    status: 503,
    summary: 'The Engage server speaks another version of Engage Link.',
    remedy: 'Install a bridge that speaks the version which the message names.',
  },
  'link.not-primary': {
    status: 503,
    summary: 'The Engage server is the backup of its pair.',
    remedy: 'Nothing while the other server takes over; if it lasts, check the roles of the pair.',
  },
  'link.switch-unavailable': {
    status: 503,
    summary: 'The SIP Server has no link to its switch, or is not in step with its pair.',
    remedy: 'Nothing while the other server takes over; if it lasts, check the SIP Server.',
  },
  'link.lost': {
    status: 503,
    summary: 'The connection to the Engage server ended.',
    remedy:
      'No action needed: the service connects again by itself; if it repeats, check network and bridge.',
  },
  'link.silent': {
    status: 503,
    summary: 'The Engage server sent nothing and left a keep-alive request unanswered.',
    remedy: 'Check whether the bridge hangs and whether a firewall drops idle connections.',
  },
  'link.not-reading': {
    status: 503,
    summary: 'The Engage server does not read what is sent to it.',
    remedy: 'Check whether the bridge hangs or is overloaded.',
  },
  'link.protocol': {
    status: 502,
    summary: 'The Engage server sent a line that breaks the framing of Engage Link.',
    remedy: 'Find the line in a capture by the byte offset and SHA-256 of the log, and correct the bridge.',
  },
  'link.frame-too-long': {
    status: 500,
    summary: 'A message for the Engage server is longer than a line of Engage Link may be.',
    remedy: 'Report it: no message of this product comes near the limit.',
  },
  'link.not-usable': {
    status: 503,
    summary: 'No Engage server of the pair is usable at the moment.',
    remedy: 'Look at /health/ready for the reason; the request is repeated once a server is usable.',
  },
  'link.stopped': {
    status: 503,
    summary: 'The client of the Engage server was stopped.',
    remedy: 'No action needed: the service is shutting down.',
  },
  'link.request-timeout': {
    status: 504,
    summary: 'The Engage server did not answer a request in time.',
    remedy: 'No action needed: the request is repeated; if it repeats, check the load of the bridge.',
  },
  'link.request-refused': {
    status: 502,
    summary: 'The Engage server refused a request.',
    remedy: 'Check the object that the message names: the DN or the employee ID may not exist there.',
  },
  'link.answer-invalid': {
    status: 502,
    summary: 'The Engage server answered a request with a message that does not fit it.',
    remedy: 'Correct the bridge; the message names the attributes.',
  },
  'link.too-many-requests': {
    status: 503,
    summary: 'More requests wait for the Engage server than the client may hold.',
    remedy: 'Report it together with the number of DNs or agents.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
