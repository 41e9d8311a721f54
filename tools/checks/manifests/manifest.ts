/** A Kubernetes object and the file that defines it. */
export interface Manifest<Type = unknown> {
  /** Path relative to the repository root. */
  readonly file: string;
  readonly object: Type & ManifestHead;
}

export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** The manifests of one kustomization, including those of the kustomizations it lists. */
export class ManifestSet {
  /** Folder below deploy/k8s, such as `overlays/dev`. */
  readonly name: string;
  readonly manifests: readonly Manifest[];

  constructor(name: string, manifests: readonly Manifest[]) {
    this.name = name;
    this.manifests = manifests;
  }

  /** Whether this is a development overlay, which has its own servers and may contain secrets. */
  get isDevelopment(): boolean {
    return this.name.startsWith('overlays/dev');
  }

  /** False for the base, which leaves what differs between clusters to the overlays. */
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

/** Formats a problem as one line: the place, the problem and the remedy. */
export function problemIn({ file, object }: Manifest, path: string, text: string): string {
  const { kind, metadata } = object as Partial<ManifestHead>;
  return `${file}: ${kind} ${metadata?.name}: ${path}: ${text}`;
}
