/** Names classes. Two classes with the same name get different names. */
export class UniqueClassNames {
  private readonly names = new Map<object, string>();
  private readonly uses = new Map<string, number>();

  of(owner: { readonly name: string }): string {
    const known = this.names.get(owner);
    if (known !== undefined) return known;
    const use = (this.uses.get(owner.name) ?? 0) + 1;
    const name = use === 1 ? owner.name : `${owner.name}#${use}`;
    this.uses.set(owner.name, use);
    this.names.set(owner, name);
    return name;
  }
}
