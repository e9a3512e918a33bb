/** Times in answers: whatever is stored, a page is answered. */

/** ISO 8601, or `invalid` for what is no time. `at`: milliseconds since 1970. */
export function timeText(at: number): string {
  const time = new Date(Math.floor(at));
  return Number.isNaN(time.getTime()) ? 'invalid' : time.toISOString();
}
