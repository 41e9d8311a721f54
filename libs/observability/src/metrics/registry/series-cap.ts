/** Stands for everything that has no room of its own. */
export const OTHER = 'other';
/** Longer values are cut: a label is a name, and each is kept for as long as the process lives. */
const VALUE_CHARS = 128;

/** Lets a metric have so many series and no more, whatever its labels are made from. */
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

  /** The labels of the series to use: the ones given, or those of the overflow. */
  admit(given: Readonly<Record<Label, string>>): Record<Label, string> {
    let labels = given;
    let key = '';
    for (const name of this.names) {
      // Events come over untyped channels: a field may be missing.
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
