/** Collects the keys of a script, and gives the place of each. Like Lua, it counts from 1. */
export class KeyList {
  readonly keys: string[];
  private readonly places = new Map<string, number>();

  constructor(first: readonly string[]) {
    this.keys = [...first];
    first.forEach((key, i) => this.places.set(key, i + 1));
  }

  place(key: string): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.keys.push(key);
    this.places.set(key, this.keys.length);
    return this.keys.length;
  }
}
