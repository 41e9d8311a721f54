import type { Facts } from './facts.ts';
import type { ManifestSet } from './manifest.ts';

/** Returns the problems of a set. All of its objects must match their schemas. */
export type Rule = (set: ManifestSet, facts: Facts) => Iterable<string>;
