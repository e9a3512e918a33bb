/** docs/reference/settings.md: every environment variable, from the schemas that validate them. */
import {
  commonVariables,
  describeVariables,
  linkVariables,
  type VariableDescription,
} from '@exec/common/config';
import { ownVariables as exopVariables } from '@exec/exop';
import { code, generated, table } from './markdown.ts';
import { services } from './services.ts';

function rows(variables: readonly VariableDescription[]): string[][] {
  return variables.map(({ name, required, default: fallback, secret, description, example }) => [
    code(name),
    required ? '**required**' : fallback === undefined || fallback === '' ? '' : code(fallback),
    `${description}${secret ? ` Secret: also as \`${name}_FILE\`.` : ''}${example === undefined ? '' : ` Example: \`${example}\``}`,
  ]);
}

export function settingsPage(): string {
  const header = ['variable', 'default', 'meaning'];
  const linkNames = new Set(Object.keys(linkVariables));
  const sections = services.map(({ title, options }) => {
    const own = describeVariables(options.variables).filter(({ name }) => !linkNames.has(name));
    return `## ${title}\n\n${table(header, rows(own))}`;
  });
  return [
    '# Settings',
    `${generated} Services are configured by the environment only. It is validated at start: all faults are listed at once, and the process ends with exit code 78. A variable set to an empty text counts as not set. Names that begin with \`EX\` and are unknown are warned about.`,
    `## All services\n\n${table(header, rows(describeVariables(commonVariables)))}`,
    `## EXAS and EXCP\n\n${table(header, rows(describeVariables(linkVariables)))}`,
    ...sections,
    `## EXOP\n\nIn its \`.env\` beside the variables of the services; the services do not see these.\n\n${table(header, rows(describeVariables(exopVariables)))}`,
    '## Settings kept in Engage',
    'The address of the EX organisation and the OAuth clients are kept in the transaction `hybrid_integration`: see [Prepare Engage and the EX organisation](../guide/prepare.md). EXCS copies them to Redis; a change is picked up without a restart.',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
