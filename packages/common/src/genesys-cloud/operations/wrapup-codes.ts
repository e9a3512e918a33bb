/** Wrap-up codes of the organisation. */
import type { CloudWrapupCodeId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import type { Listing } from '../listing.ts';
import { byPageNumber, type ListOptions, listOperation } from '../paged.ts';
import { checked } from './sending.ts';
import {
  type WrapupCode,
  type WrapupCodeRequest,
  wrapupCode,
  wrapupCodeRequest,
} from './wrapup-code-schemas.ts';

const getCodes = listOperation('getRoutingWrapupcodes', '/routing/wrapupcodes', wrapupCode);
const getCode = operation({
  name: 'getRoutingWrapupcode',
  method: 'GET',
  path: '/routing/wrapupcodes/{codeId}',
  answer: wrapupCode,
});
const postCodes = operation({
  name: 'postRoutingWrapupcodes',
  method: 'POST',
  path: '/routing/wrapupcodes',
  answer: wrapupCode,
});
const putCode = operation({
  name: 'putRoutingWrapupcode',
  method: 'PUT',
  path: '/routing/wrapupcodes/{codeId}',
  answer: wrapupCode,
});

export class WrapupCodeOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  list(options: ListOptions & { readonly name?: string } = {}): Listing<WrapupCode> {
    return byPageNumber({
      caller: this.#caller,
      operation: getCodes,
      parts: { query: { name: options.name } },
      options,
      pageSize: 100,
      idOf: (code) => code.id,
    });
  }

  get(id: CloudWrapupCodeId, options?: CallOptions): Promise<WrapupCode> {
    return this.#caller.call(getCode, { path: { codeId: id } }, options);
  }

  /** @throws CloudError `cloud.conflict` (isDuplicateName), `cloud.outcome-unknown`: look it up by name */
  create(body: WrapupCodeRequest, options?: CallOptions): Promise<WrapupCode> {
    return this.#caller.call(postCodes, { body: checked(wrapupCodeRequest, body, postCodes.name) }, options);
  }

  update(id: CloudWrapupCodeId, body: WrapupCodeRequest, options?: CallOptions): Promise<WrapupCode> {
    const parts = { path: { codeId: id }, body: checked(wrapupCodeRequest, body, putCode.name) };
    return this.#caller.call(putCode, parts, options);
  }
}
