/**
 * Which proxies in front of the service are trusted to name the client: none, this number of proxies, or
 * those with these addresses.
 */
export type TrustProxy = false | number | readonly string[];
