/** One object of Kubernetes, and where it was found. */
export interface Manifest<Type = unknown> {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly object: Type & ManifestHead;
}

export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** One kustomization with all that it takes from others. */
export class ManifestSet {
  /** Folder below deploy/k8s, such as `overlays/dev`. */
  readonly name: string;
  readonly manifests: readonly Manifest[];

  constructor(name: string, manifests: readonly Manifest[]) {
    this.name = name;
    this.manifests = manifests;
  }

  /** For development: it brings its own servers and may show its secrets. */
  get isDevelopment(): boolean {
    return this.name.startsWith('overlays/dev');
  }

  /** The base leaves to the overlays what differs between clusters. */
  get isComplete(): boolean {
    return this.name.startsWith('overlays/');
  }

  ofKind<Type>(kind: string): readonly Manifest<Type>[] {
    return this.manifests.filter(({ object }) => (object as ManifestHead).kind === kind) as never;
  }

  named<Type>(kind: string, name: string | undefined): Manifest<Type> | undefined {
    return this.ofKind<Type>(kind).find(({ object }) => object.metadata.name === name);
  }
}

/** One line: where, what is wrong, and what to do. */
export function problemIn({ file, object }: Manifest, path: string, text: string): string {
  const { kind, metadata } = object as Partial<ManifestHead>;
  return `${file}: ${kind} ${metadata?.name}: ${path}: ${text}`;
}
