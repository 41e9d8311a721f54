/**
 * A bounded map that forgets entries that were not set for a long time. It needs no timer and never
 * scans its entries: it keeps two generations and drops the older one as a whole.
 *
 * ADR 9 says why this is not `quick-lru`.
 */
export class RecentMap<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private readonly half: number;

  /** @param maxKeys max number of entries */
  constructor(maxKeys: number) {
    this.half = Math.max(1, Math.floor(maxKeys / 2));
  }

  /** Number of entries. A key that is in both generations counts twice. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /**
   * Sets a value. Starts a new generation first if the young one is full.
   *
   * @returns whether it started a new generation
   */
  set(key: string, value: Value): boolean {
    const ends = this.young.size >= this.half;
    if (ends) this.age();
    this.young.set(key, value);
    return ends;
  }

  /** Starts a new generation. Entries that are not set again before the next one are forgotten. */
  age(): void {
    this.old = this.young;
    this.young = new Map();
  }
}
