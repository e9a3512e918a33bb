/** The ID of a heading as repository hosts make it, so that one link fits both the plain view and the site. */

const notInIds = /[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu;

export function headingId(text: string): string {
  return text.trim().toLowerCase().replace(notInIds, '').replaceAll(' ', '-');
}
