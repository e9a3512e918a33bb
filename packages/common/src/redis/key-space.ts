/** Names of Redis keys: every key of a deployment shares one hash tag, so that scripts may touch several. */

/** Makes the names of the keys of one deployment. */
export class KeySpace {
  readonly #root: string;

  constructor(options: { readonly prefix: string; readonly orgId: string; readonly tenantId: number }) {
    this.#root = `${options.prefix}:{${options.orgId}.${options.tenantId}}:v1`;
  }

  /** `<prefix>:{<orgId>.<tenantId>}:v1:<parts joined by ':'>`; `v1` is the version of the layout. */
  key(...parts: readonly string[]): string {
    return [this.#root, ...parts].join(':');
  }
}
