/** Times, spans and numbers as people read them: pure. */

/** `04:05:06`, with the date in front when it is another day than `now`; in the time zone of the reader. */
export function timeText(iso: string | null | undefined, now: number): string {
  if (iso === null || iso === undefined) return 'never';
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  const today = new Date(now);
  const sameDay = time.toDateString() === today.toDateString();
  return sameDay
    ? clock
    : `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}

/** `2 min 5 s`; the two largest units. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return join(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return join(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

export function agoText(iso: string | null | undefined, now: number): string {
  if (iso === null || iso === undefined) return 'never';
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : `${spanText((now - ms) / 1000)} ago`;
}

/** Short spans of a delivery: `35 ms`, `1.2 s`. */
export function delayText(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : spanText(seconds);
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** What is mapped of an object, field by field: lists and parts in words. */
export function mappedText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(mappedText).join('; ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${mappedText(part)}`)
    .join(', ');
}
