/** A Redis server that can be started, and what its environment needs for that. */
export interface RedisBinary {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}
