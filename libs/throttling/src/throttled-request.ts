/** The part of a request of Express or Fastify that is read. */
export interface ThrottledRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}
