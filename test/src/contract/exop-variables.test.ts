import { describeVariables } from '@exec/common/config';
import { serviceVariables as ofService } from '@exec/common/service';
import { exasVariables } from '@exec/exas';
import { excpVariables } from '@exec/excp';
import { excsVariables } from '@exec/excs';
import { serviceVariables as ofBootstrap } from '@exec/exop';
import { describe, expect, it } from 'vitest';

const variables = {
  excs: ofService('excs', excsVariables),
  exas: ofService('exas', exasVariables),
  excp: ofService('excp', excpVariables),
} as const;

/** The bootstrap imports no service, so it keeps a table of its own; this holds the two together. */
describe.each(['excs', 'exas', 'excp'] as const)('the bootstrap knows of %s', (service) => {
  it('exactly the variables that the service has', () => {
    const own = Object.keys(variables[service]).sort();
    expect(Object.keys(ofBootstrap[service]).sort()).toEqual(own);
  });

  it('which of them are secrets', () => {
    const secrets = (of: Parameters<typeof describeVariables>[0]) =>
      describeVariables(of).flatMap(({ name, secret }) => (secret ? [name] : []));
    expect(secrets(ofBootstrap[service]).sort()).toEqual(secrets(variables[service]).sort());
  });
});
