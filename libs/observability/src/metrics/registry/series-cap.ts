/** Label value for everything above the limit. */
export const OTHER = 'other';
/** Longer values are cut, because each one stays in memory until the process ends. */
const VALUE_CHARS = 128;

/**
 * Limits a metric to `max` series, plus one for the overflow, no matter what its labels contain.
 */
export class SeriesCap<Label extends string = string> {
  private readonly known = new Set<string>();
  private readonly overflow: Record<Label, string>;

  constructor(
    private readonly names: readonly Label[],
    private readonly max: number,
    private readonly overflowed: () => void,
  ) {
    this.overflow = this.labelled(() => OTHER);
  }

  /** Returns the labels of the series to use: `given`, or those of the overflow series. */
  admit(given: Readonly<Record<Label, string>>): Record<Label, string> {
    let labels = given;
    let key = '';
    for (const name of this.names) {
      // Events come from untyped channels, so a field may be missing.
      const value: string | undefined = labels[name];
      if (value !== undefined && value.length > VALUE_CHARS) {
        labels = { ...labels, [name]: value.slice(0, VALUE_CHARS) };
      }
      key += `${labels[name]}\u0000`;
    }
    if (this.known.has(key)) return labels;
    if (this.known.size >= this.max) {
      this.overflowed();
      return this.overflow;
    }
    this.known.add(key);
    return labels;
  }

  private labelled(value: (name: Label) => string): Record<Label, string> {
    const entries = this.names.map((name) => [name, value(name)]);
    return Object.fromEntries(entries) as Record<Label, string>;
  }
}
