/**
 * How the body is made from a flat request: from the `fields` that are not parameters, from a `list`, from either, or
 * not at all. A list is the request itself where there are no parameters, and stands under `body` where there are.
 */
export type BodyKind = 'none' | 'fields' | 'list' | 'fields-or-list';

/** One operation of the API: what a client has to know to send it. */
export interface Operation {
  /** v4's operationId: `Chats_create`. */
  readonly id: string;
  /** The part of the id before the underscore: `Chats`. */
  readonly resource: string;
  /** The part of the id after the underscore: `create`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path template, with the path parameters in braces: `/projects/{id}`. */
  readonly path: string;
  readonly pathParameters: readonly string[];
  /** Names of the query parameters, which are written as OpenAPI does by default (`style: form`, `explode: true`). */
  readonly queryParameters: readonly string[];
  readonly bodyKind: BodyKind;
  /** Whether the body has `provider_api_keys`. */
  readonly takesProviderApiKeys: boolean;
  /** Status of success. */
  readonly status: 200 | 201 | 204;
  /** Media types of the success answer; none with 204. */
  readonly mediaTypes: readonly string[];
  /** Whether `stream: true` in the body turns the answer into an event stream. */
  readonly streams: boolean;
  /** Number of the first page; `null` when the operation does not page. */
  readonly firstPage: 0 | 1 | null;
  readonly deprecated: boolean;
}
