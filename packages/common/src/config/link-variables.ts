/** The environment variables of the services that follow Engage over its links and ask EXCS for IDs. */
import { apiTokenList } from './api-tokens.ts';
import { readableFile, text, url } from './values.ts';
import { variable } from './variable.ts';

export const linkVariables = {
  EXCS_URL: variable({
    schema: url('http', 'https').optional(),
    description: 'Address of EXCS for ID look-ups.',
    example: 'https://excs.example.com:3640',
  }),
  EXCS_API_TOKEN: variable({
    schema: apiTokenList().optional(),
    description: 'Bearer token of EXCS: one of its `API_READ_TOKEN`. Of a comma list the first is sent.',
    secret: true,
  }),
  EXCS_CA_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the certificate authority of EXCS.',
  }),
  ENGAGE_LINK_CA_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the certificate authority of the Engage Link servers (`tls://` addresses).',
  }),
  ENGAGE_LINK_CERT_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the client certificate shown to the Engage Link servers.',
  }),
  ENGAGE_LINK_KEY_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the private key of the client certificate.',
  }),
  ENGAGE_APP_NAME: variable({
    schema: text('an application name').optional(),
    description: 'Application name given at registration on the Engage side.',
    defaultText: 'the name of the service',
  }),
  ENGAGE_APP_PASSWORD: variable({
    schema: text('a password').optional(),
    description: 'Password given at registration on the Engage side.',
    secret: true,
  }),
} as const;
