/** What is read of a request, of Express as of Fastify. */
export interface ThrottledRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}
