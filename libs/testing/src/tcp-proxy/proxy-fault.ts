/** What a proxy does to connections instead of forwarding them. */
export type ProxyFault =
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'down' };
