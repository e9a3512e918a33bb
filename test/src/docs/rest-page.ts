/** One page for each REST interface: its operations as a table; the site shows the whole document below it. */
import { table } from './markdown.ts';

interface Operation {
  readonly summary?: string;
  readonly responses: Readonly<Record<string, unknown>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export function restPage(service: string, openapi: unknown): string {
  const name = service.toUpperCase();
  const { paths } = openapi as { readonly paths: Paths };
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary = '', responses }]) => [
      `\`${method.toUpperCase()} ${path}\``,
      summary,
      Object.keys(responses).join(', '),
    ]),
  );
  return `---
openapi: ${service}
aside: false
---

# REST of ${name}

Generated from the code by \`pnpm docs:generate\`; do not edit. The whole interface with parameters, answers and examples: [OpenAPI document](../openapi/${service}.json); every running ${name} serves it at \`/openapi.json\` and shows it at \`/docs\`.

${table(['request', 'what it does', 'answers'], rows)}
`;
}
