/** What of a collected file leaves the site: nothing that tells of a person. */
import { ofJson, withoutPersons as withoutPersonsInText } from '@exec/common/persons';

export { withoutMail } from '@exec/common/persons';

/** Fields of a log line that hold no words. */
const plainFields = new Set(['@timestamp', 'trace.id', 'service.version', 'exec.instance_id', 'ecs.version']);

/** A JSON text is gone through value by value, so that its figures stay; any other text by what stands in it. */
export function withoutPersons(text: string): string {
  return ofJson(text, withoutPersonsInText, plainFields);
}
