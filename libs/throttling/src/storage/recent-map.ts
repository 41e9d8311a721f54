/**
 * A map that forgets what was not set for long, without a timer and without looking at each entry: it
 * keeps two generations, of which the older one goes as a whole.
 */
export class RecentMap<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private readonly half: number;

  /** @param maxKeys entries that it ever holds */
  constructor(maxKeys: number) {
    this.half = Math.max(1, Math.floor(maxKeys / 2));
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** @returns whether a generation ended, so that there is room */
  set(key: string, value: Value): boolean {
    const ends = this.young.size >= this.half;
    if (ends) this.age();
    this.young.set(key, value);
    return ends;
  }

  /** Ends a generation: what is not set again until the next end is forgotten then. */
  age(): void {
    this.old = this.young;
    this.young = new Map();
  }
}
