/** The description of variables that the settings reference is made of. */
import { describe, expect, it } from 'vitest';
import { commonVariables } from './common-variables.ts';
import { linkVariables } from './link-variables.ts';
import { commaList, integer } from './values.ts';
import { describeVariables, variable } from './variable.ts';

describe('describeVariables', () => {
  it('says name, default, secret, service and whether it is required', () => {
    const rows = describeVariables(
      {
        A: variable({ schema: integer({ min: 0, max: 9 }).default(4), description: 'a', example: '5' }),
        B: variable({ schema: integer({ min: 0, max: 9 }), description: 'b', secret: true }),
        C: variable({ schema: commaList().default(['x', 'y']), description: 'c' }),
        D: variable({ schema: commaList().optional(), description: 'd', defaultText: 'none' }),
      },
      'excs',
    );
    const service = 'excs';
    expect(rows).toEqual([
      { name: 'A', description: 'a', required: false, default: '4', secret: false, example: '5', service },
      { name: 'B', description: 'b', required: true, secret: true, service },
      { name: 'C', description: 'c', required: false, default: 'x,y', secret: false, service },
      { name: 'D', description: 'd', required: false, default: 'none', secret: false, service },
    ]);
  });

  it('knows every common and link variable; each has words for the operator', () => {
    const rows = describeVariables({ ...commonVariables, ...linkVariables });
    expect(rows.map((row) => row.name)).toEqual(
      expect.arrayContaining(
        `ORG_ID TENANT_ID REDIS_URL REDIS_CA_FILE REDIS_KEY_PREFIX HTTP_HOST HTTP_PORT API_TOKEN API_READ_TOKEN TLS_CERT_FILE
        TLS_KEY_FILE LOG_LEVEL GENESYS_CLOUD_ALLOWED_HOSTS GENESYS_CLOUD_REQUESTS_PER_MINUTE GENESYS_CLOUD_TOKENS
        GENESYS_CLOUD_CA_FILE HTTPS_PROXY NO_PROXY SETTINGS_KEY SETTINGS_PLAINTEXT TAKEOVER INSTANCE_ID EXCS_URL
        EXCS_API_TOKEN EXCS_CA_FILE ENGAGE_LINK_CA_FILE ENGAGE_LINK_CERT_FILE ENGAGE_LINK_KEY_FILE ENGAGE_APP_NAME
        ENGAGE_APP_PASSWORD`.split(/\s+/),
      ),
    );
    for (const row of rows) expect(row.description, row.name).toMatch(/^[A-Z`].*\.$/);
  });
});
