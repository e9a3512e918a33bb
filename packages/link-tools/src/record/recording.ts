/** The file of a recording: one JSON object a line, the first says what it is, the last how it ended. */
import { z } from 'zod';

export const recordingFormat = 'engage-link-recording/1';

const connectionNames = ['calls', 'queues', 'extensions', 'stat'] as const;
/** Of a SIP Server the three of a consumer, and the one to a Stat Server. */
export type ConnectionName = (typeof connectionNames)[number];

/** Milliseconds since the begin. */
const at = z.number().min(0);
const frame = z.object({ message: z.string(), attributes: z.record(z.string(), z.unknown()) });

const headerSchema = z.object({
  format: z.literal(recordingFormat),
  /** Milliseconds since 1970: what `at` of the lines counts from. */
  startedAt: z.int().min(0),
  /** Name of the switch, masked as in the frames. */
  switch: z.string(),
});

const frameLine = z.object({
  at,
  connection: z.enum(connectionNames),
  frame,
  /** Of an answer, and of a value of a statistic: the request that it belongs to. */
  asked: frame.optional(),
});
/** All connections to a server are there, or were lost: what follows is told anew. */
const stateLine = z.object({ at, server: z.enum(['sip', 'stat']), state: z.enum(['open', 'lost']) });
const endLine = z.object({
  at,
  ended: z.enum(['stopped', 'time', 'size', 'given-up']),
  frames: z.int().min(0),
});
const lineSchema = z.union([frameLine, stateLine, endLine]);

export type Header = z.output<typeof headerSchema>;
export type FrameLine = z.output<typeof frameLine>;
export type Line = z.output<typeof lineSchema>;

export interface Recording {
  readonly header: Header;
  readonly lines: readonly Line[];
}

/** @throws Error that names the line which is wrong. A last line that was cut off is left out. */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const header = parsed(headerSchema, first, 1);
  const lines: Line[] = [];
  for (const [index, line] of rest.entries())
    if (line !== '' && index < rest.length - 1) lines.push(parsed(lineSchema, line, index + 2));
  return { header, lines };
}

function parsed<Schema extends z.ZodType>(schema: Schema, line: string, number: number): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new Error(`line ${number} is none of a recording of "link record"`);
  }
}
