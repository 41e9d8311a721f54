import type { Facts } from './facts.ts';
import type { ManifestSet } from './manifest.ts';

/** Gives the problems of a set whose objects all agree with their schemas. */
export type Rule = (set: ManifestSet, facts: Facts) => Iterable<string>;
