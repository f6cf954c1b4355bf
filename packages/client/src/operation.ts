/**
 * What the client has to know of an operation to send it. Generated methods carry one each.
 *
 * A flat request is sorted by it: properties named in braces in `path` go into the path, those named in `query` into the
 * query (query.ts); the rest is the body, or a mistake where there is none. `undefined` properties are left out.
 */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path template, with the path parameters in braces: `/projects/{id}`. */
  readonly path: string;
  /** Names of the query parameters. */
  readonly query?: readonly string[];
  /**
   * How the body is made: from the `fields` left over, from a `list`, or from either; left out, there is no body. A list
   * is the request itself, or stands under `body` where there are parameters.
   */
  readonly body?: 'fields' | 'list' | 'fields-or-list';
  /** Whether the body has `provider_api_keys`. */
  readonly providerApiKeys?: true;
  /** Number of the first page, where the operation pages; what the server calls it counts more. */
  readonly firstPage?: number;
}
