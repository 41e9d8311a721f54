/** Finds the value of the route that a path belongs to, as a router does: fixed segments come first. */
export class RouteTree<Value> {
  private readonly root = new Node<Value>();

  /**
   * Adds a route of Express 5 or Fastify: `:name` is a segment, `*` or `*name` is the rest, and `{...}` is
   * optional. The first value of a path stays.
   */
  add(template: string, value: Value): void {
    for (const path of withoutOptionals(template)) {
      let node = this.root;
      let takesRest = false;
      for (const segment of segmentsOf(path)) {
        takesRest = segment.includes('*');
        if (takesRest) break;
        node = segment.includes(':') ? (node.any ??= new Node()) : node.fixedChild(segment);
      }
      if (takesRest) node.rest ??= { value };
      else node.own ??= { value };
    }
  }

  /** @param path without its query */
  find(path: string): Value | undefined {
    return findFrom(this.root, segmentsOf(path), 0)?.value;
  }
}

interface Held<Value> {
  readonly value: Value;
}

class Node<Value> {
  readonly fixed = new Map<string, Node<Value>>();
  any: Node<Value> | undefined;
  own: Held<Value> | undefined;
  rest: Held<Value> | undefined;

  fixedChild(segment: string): Node<Value> {
    const known = this.fixed.get(segment);
    if (known) return known;
    const child = new Node<Value>();
    this.fixed.set(segment, child);
    return child;
  }
}

function findFrom<Value>(
  node: Node<Value>,
  segments: readonly string[],
  index: number,
): Held<Value> | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.own ?? node.rest;
  const fixed = node.fixed.get(segment);
  return (
    (fixed && findFrom(fixed, segments, index + 1)) ??
    (node.any && findFrom(node.any, segments, index + 1)) ??
    node.rest
  );
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Returns the template with and without each of its optional groups. */
function withoutOptionals(template: string): readonly string[] {
  const group = /\{([^{}]*)\}/.exec(template);
  if (!group) return [template];
  const before = template.slice(0, group.index);
  const after = template.slice(group.index + group[0].length);
  return [before + group[1] + after, before + after].flatMap(withoutOptionals);
}
