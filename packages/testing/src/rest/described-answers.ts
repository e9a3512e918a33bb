/** Whether an answer is one that the description of its operation promises: status, type of its body, every field. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { RestAnswer } from './rest-answer.ts';

/** By status, then by media type. */
export type DescribedAnswers = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
>;

export type CheckAnswer = (answer: RestAnswer) => string | undefined;

const ajv = new Ajv2020({ strict: false });

/** Says why an answer is not as described; undefined for one that is, and for a refusal, which has a form of its own. */
export function checkOf(answers: DescribedAnswers): CheckAnswer {
  const compiled = new Map<object, ValidateFunction>();
  return ({ status, headers, text }) => {
    // Nothing new: what the caller has already stays as it is.
    if (status >= 400 || status === 304) return undefined;
    const described = answers[status];
    if (described === undefined) return `an answer ${status} that is not described`;
    const type = String(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    if (described.content === undefined) return text === '' ? undefined : 'a body where none is described';
    const schema = described.content[type]?.schema;
    if (schema === undefined) return `an answer as ${type}, which is not described`;
    if (type !== 'application/json') return undefined;
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate(JSON.parse(text)) ? undefined : `not as described: ${ajv.errorsText(validate.errors)}`;
  };
}
