/** A caller for tests of operations: notes every call and answers it, through the schema of the operation. */
import type { Caller, CallOptions, CallParts, CallResult, Operation } from '../call.ts';
import { requestUrl } from '../request-url.ts';

export interface RecordedCall {
  readonly operation: string;
  readonly method: string;
  /** Path below `/api/v2`, with the query. */
  readonly path: string;
  readonly body: unknown;
  readonly options: CallOptions | undefined;
  readonly description: Operation<unknown>;
}

export class RecordingCaller implements Caller {
  readonly calls: RecordedCall[] = [];
  /** The body of each answer; an error is thrown. */
  answer: (call: RecordedCall) => unknown = () => ({});
  /** What the result says about repeats. */
  repeated = false;

  async call<Out>(operation: Operation<Out>, parts: CallParts, options?: CallOptions): Promise<Out> {
    return (await this.callWithResult(operation, parts, options)).value;
  }

  async callWithResult<Out>(
    operation: Operation<Out>,
    parts: CallParts,
    options?: CallOptions,
  ): Promise<CallResult<Out>> {
    const url = requestUrl('http://stub', operation, parts);
    const body = parts.json === undefined ? parts.body : (JSON.parse(parts.json) as unknown);
    const call: RecordedCall = {
      operation: operation.name,
      method: operation.method,
      path: (url.pathname + url.search).replace('/api/v2', ''),
      body,
      options,
      description: operation as Operation<unknown>,
    };
    this.calls.push(call);
    const answer = this.answer(call);
    if (answer instanceof Error) throw answer;
    const value = operation.answer === undefined ? (undefined as Out) : operation.answer.parse(answer);
    return { value, repeated: this.repeated, correlationId: 'c1' };
  }
}
