/** Request bodies against the published schemas, unknown properties refused, with the documented codes. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ApiError } from '../api-error.ts';
import { arrayName, eventKinds } from '../events/kinds.ts';
import requestSchemas from '../schemas/request-schemas.json' with { type: 'json' };
import type { Operation } from './operations.ts';

/** More bytes of body are answered with 413. Source: published limits of the platform API. */
export const maxBodyBytes = 512_000;
/** Events in one request, over all arrays. */
export const maxEvents = 100;

const ajv = new Ajv({ strict: false, allErrors: false });
addFormats.default(ajv);
ajv.addSchema(requestSchemas);
/** Compiled at first use: all of them together would delay each start. */
const validators = new Map<string, ValidateFunction>();

/** Raises 400 when the body does not fit. The sum over all arrays of a batch is checked before its content. */
export function checkBody(operation: Operation, body: unknown): void {
  if (operation.body !== true) return;
  if (body === undefined) throw new ApiError(400, 'bad.request', 'The request has no body.');
  if (operation.batch === true) checkEventCount(body);
  let validate = validators.get(operation.id);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `gc-request-schemas#/operations/${operation.id}` });
    validators.set(operation.id, validate);
  }
  if (validate(body) === true) return;
  const error = validate.errors?.[0];
  throw error === undefined
    ? new ApiError(400, 'bad.request', 'The body is invalid.')
    : refusal(operation, error);
}

const eventArrays = eventKinds.map(arrayName);

function checkEventCount(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const arrays = body as Readonly<Record<string, unknown>>;
  let count = 0;
  for (const name of eventArrays) {
    const events = arrays[name];
    if (Array.isArray(events)) count += events.length;
  }
  if (count > maxEvents)
    throw new ApiError(
      400,
      'max.batch.size.surpassed',
      `At most ${maxEvents} events can be submitted at once.`,
    );
  if (count === 0 && Object.keys(arrays).every((name) => eventArrays.includes(name)))
    throw new ApiError(400, 'zero.events.submitted', 'At least one event must be submitted.');
}

function refusal(operation: Operation, error: ErrorObject): ApiError {
  const field = error.instancePath === '' ? '(body)' : error.instancePath.slice(1).replaceAll('/', '.');
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty);
      return new ApiError(400, 'invalid.property', `Unknown property ${name} of ${field}.`, {
        details: [{ errorCode: 'invalid.property', fieldName: name }],
      });
    }
    case 'required':
    case 'minProperties':
    case 'minItems':
    case 'maxItems':
    case 'minLength':
    case 'maxLength':
      return new ApiError(400, tooManyCode(operation, error), `${field} ${error.message}.`, {
        details: [{ errorCode: 'constraint.validation', fieldName: field }],
      });
    default: {
      const isDate = field.endsWith('eventDateTime') && error.keyword === 'pattern';
      const code = isDate ? 'invalid.date' : 'invalid.value';
      return new ApiError(400, code, `${field} ${error.message}.`, {
        details: [{ errorCode: code, fieldName: field }],
      });
    }
  }
}

/** Some operations have a code of their own for a list that is too long; queue lists answer `bad.request`. */
function tooManyCode(operation: Operation, error: ErrorObject): string {
  if (error.keyword !== 'maxItems') return 'constraint.validation';
  const own = operation.codes?.[400] ?? [];
  return (
    own.find((code) => code.startsWith('max.')) ??
    own.find((code) => code === 'bad.request') ??
    'constraint.validation'
  );
}
