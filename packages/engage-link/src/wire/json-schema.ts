/** Every frame of Engage Link as JSON Schema, for peers that are written in another language. */
import { z } from 'zod';
import { boundedNames, EARLIEST, MAX_NAME_LENGTH, MAX_TEXT_BYTES } from './bounds.ts';
import { PROTOCOL_VERSION } from './frame.ts';
import { KEEP_ALIVE_REQUEST, KEEP_ALIVE_RESPONSE, openingRequests } from './handshake.ts';
import { sipEvents } from './sip-events.ts';
import { sipRequests } from './sip-requests.ts';
import { statEvents, statRequests } from './stat-messages.ts';
import { attributes } from './values.ts';

type JsonSchema = Record<string, unknown>;
type Schemas = Readonly<Record<string, z.ZodType>>;

const keepAlive: Schemas = { [KEEP_ALIVE_REQUEST]: attributes({}), [KEEP_ALIVE_RESPONSE]: attributes({}) };

/** Who sends what: the frames that may come over a connection in one direction. */
const directions: Readonly<Record<string, Schemas>> = {
  ToSipServer: { ...openingRequests, ...sipRequests, ...keepAlive },
  FromSipServer: { ...sipEvents, ...keepAlive },
  ToStatServer: { ...openingRequests, ...statRequests, ...keepAlive },
  FromStatServer: { ...statEvents, ...keepAlive },
};

/**
 * One schema (draft 2020-12) for each message in `$defs`, and one for each direction, which allows any of its messages.
 * Without a direction it is one of all. It says what is accepted: a reader takes further attributes and further names of
 * enumerations (the known ones are its `examples`).
 */
export function linkJsonSchema(): JsonSchema {
  const messages: JsonSchema = {};
  const ways: JsonSchema = {};
  for (const [direction, schemas] of Object.entries(directions)) {
    for (const [message, schema] of Object.entries(schemas))
      messages[message] ??= frameSchema(message, schema);
    ways[direction] = { anyOf: Object.keys(schemas).map(reference) };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:exec:${PROTOCOL_VERSION.replace('/', ':')}`,
    title: `A frame of Engage Link (${PROTOCOL_VERSION})`,
    anyOf: Object.keys(directions).map(reference),
    $defs: { ...ways, ...messages },
  };
}

function reference(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

function frameSchema(message: string, schema: z.ZodType): JsonSchema {
  return {
    type: 'object',
    properties: { message: { const: message }, attributes: attributesSchema(schema) },
    required: ['message', 'attributes'],
  };
}

function attributesSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    // What zod checks by a function, a key-value list or an unknown attribute, says its own type or none.
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Every integer of the wire is far from the bounds of a double, which zod would name.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      for (const [name, property] of Object.entries(jsonSchema.properties ?? {}))
        if (typeof property === 'object') bound(name, property as JsonSchema);
    },
  }) as JsonSchema;
  return made;
}

/** The bounds of the page, which are checked after the schema. */
function bound(name: string, property: JsonSchema): void {
  if ([property.type].flat().includes('string'))
    property.maxLength = boundedNames.has(name) ? MAX_NAME_LENGTH : MAX_TEXT_BYTES;
  if (name === 'TimeinSecs' || name === 'Time') property.minimum = EARLIEST;
}
