/**
 * Who reads which formats: every instance says so each second, in one hash, and sees there what it may write.
 *
 * An announcement counts for a day after the last beat, also when the same instance has come back with another release:
 * whoever is rolled back within that time finds everything in a format that it reads. What ran before announcements
 * began counts as an instance that reads the oldest format only.
 */
import { z } from 'zod';
import { Trouble } from '../errors/trouble.ts';
import type { Dependency } from '../http/index.ts';
import { parseJson } from '../json-text.ts';
import type { Logger } from '../logging/logging.ts';
import { defineScript, type KeySpace, type RedisConnection } from '../redis/index.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { type Announcement, chooseFormat, freshMs, textOf } from './choice.ts';
import type { Formats } from './format.ts';

export interface AnnouncementsOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly service: string;
  readonly instanceId: string;
  /** Told which format is to be written. */
  readonly formats: Formats;
  readonly health: Dependency;
  readonly clock: Clock;
  readonly logger: Logger;
}

const announce = defineScript({
  name: 'formats-announce',
  keys: ['announced'],
  args: ['own', 'past', 'agoMs', 'rememberMs'],
  // A field is a JSON list of service, instance, oldest and newest format that is read; its value the time in ms.
  lua: `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if redis.call('EXISTS', announced) == 0 then redis.call('HSET', announced, past, string.format('%d', now)) end
redis.call('HSET', announced, own, string.format('%d', now - tonumber(agoMs)))
local fields, answer = redis.call('HGETALL', announced), {}
for at = 1, #fields, 2 do
  local age = now - (tonumber(fields[at + 1]) or 0)
  if age > tonumber(rememberMs) then redis.call('HDEL', announced, fields[at])
  elseif fields[at] ~= own then
    answer[#answer + 1] = fields[at]
    answer[#answer + 1] = age
  end
end
return answer`,
  result: z.array(z.union([z.string(), z.number()])),
});

const beatMs = 1_000;
const rememberMs = 86_400_000;

const field = z.tuple([z.string(), z.string(), z.int(), z.int()]);

/**
 * Says each second which formats this instance reads, looks at what the others say, and sets what `Formats` writes.
 */
export class Announcements {
  readonly #options: AnnouncementsOptions;
  readonly #trouble: Trouble;
  #others: readonly Announcement[] = [];
  #seenAt = Number.NEGATIVE_INFINITY;
  #said = '';
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(options: AnnouncementsOptions) {
    this.#options = options;
    const { logger, health } = options;
    const message = 'Redis was not told which formats are read; what was known last holds';
    this.#trouble = new Trouble({ logger, health, message });
  }

  /** Announces and looks, then does so each second; at once when called again. Never throws. */
  look(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#timer?.cancel();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (!this.#stopped) this.#timer = this.#options.clock.setTimer(beatMs, () => void this.look());
    });
    return this.#looking;
  }

  /** What was announced stays, since it counts for a day; but nobody takes this instance for one at work. Never throws. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
    await this.#announce(freshMs + 1).catch(() => {
      // Redis is away: that this instance is gone shows by itself.
    });
  }

  /** Another instance of the same service that is at work and reads `format`. */
  reader(format: number): Announcement | undefined {
    const { clock, service, instanceId } = this.#options;
    if (clock.monotonic() - this.#seenAt > freshMs) return undefined;
    return this.#others.find(
      (other) =>
        other.service === service &&
        other.instance !== instanceId &&
        other.ageMs <= freshMs &&
        other.reads.min <= format &&
        format <= other.reads.max,
    );
  }

  async #look(): Promise<void> {
    const { formats, clock } = this.#options;
    try {
      this.#others = announcementsIn(await this.#announce(0));
      this.#seenAt = clock.monotonic();
      const choice = chooseFormat(formats.reads, this.#others);
      formats.writes = choice.format;
      const text = textOf(choice);
      this.#trouble.over(text);
      this.#say(choice.format, text);
    } catch (error) {
      this.#trouble.failed(error);
    }
  }

  /** `agoMs`: since this instance was at work. */
  #announce(agoMs: number) {
    const { redis, keys, service, instanceId, formats } = this.#options;
    const { min, max } = formats.reads;
    return announce(
      redis,
      { announced: keys.key('formats') },
      {
        own: JSON.stringify([service, instanceId, min, max]),
        past: JSON.stringify(['', '', min, min]),
        agoMs,
        rememberMs,
      },
    );
  }

  /** Once for each format and kind of choice, not for each age. */
  #say(format: number, text: string): void {
    const what = text.slice(0, text.indexOf(','));
    if (this.#said === `${what} ${format}`) return;
    if (this.#said !== '') this.#options.logger.info({ 'exec.format': format }, `Formats: ${text}`);
    this.#said = `${what} ${format}`;
  }
}

/** Fields and ages alternate; a field that nobody of ours wrote is left out. */
function announcementsIn(answer: readonly (string | number)[]): Announcement[] {
  const found: Announcement[] = [];
  for (let at = 0; at + 1 < answer.length; at += 2) {
    const parsed = field.safeParse(parseJson(String(answer[at])));
    if (!parsed.success) continue;
    const [service, instance, min, max] = parsed.data;
    found.push({ service, instance, reads: { min, max }, ageMs: Number(answer[at + 1]) });
  }
  return found;
}
