/** Makes a believable contact centre from a seed. */
import type { ContactCentre } from '../contact-centre.ts';
import type { ContactCentreOptions } from '../options.ts';

export function generateContactCentre(_options: ContactCentreOptions): ContactCentre {
  throw new Error('not yet');
}
