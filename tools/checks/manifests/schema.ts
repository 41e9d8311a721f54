import { problemIn, type Manifest, type ManifestHead } from './manifest.ts';

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator compiled by ajv; it leaves the problems in `errors`. */
interface Validate {
  (value: unknown): boolean;
  readonly errors: readonly SchemaError[] | null;
}

/**
 * Violations of the Kubernetes schema: missing fields, wrong types and unknown fields.
 */
export async function schemaProblems(manifest: Manifest): Promise<readonly string[]> {
  const { apiVersion, kind } = manifest.object as Partial<ManifestHead>;
  const validate = await validatorOf(apiVersion, kind);
  if (!validate) {
    return [
      problemIn(manifest, 'apiVersion', `Kubernetes has no ${kind} in ${apiVersion}; correct it`),
    ];
  }
  const read = new Set<string>();
  validate(watched(manifest.object, '', read));
  const errors = validate.errors ?? [];
  const wrong = errors.map((error) =>
    problemIn(manifest, dotted(error.instancePath), textOf(error, manifest.object)),
  );
  // The validator does not descend into a value of the wrong type.
  const reported = new Set(errors.map(({ instancePath }) => instancePath));
  const unknown = unread(manifest.object, '', read)
    .filter((path) => !reported.has(path.slice(0, path.lastIndexOf('/'))))
    .map((path) =>
      problemIn(manifest, dotted(path), 'unknown field; correct its name or remove it'),
    );
  return [...wrong, ...unknown];
}

async function validatorOf(apiVersion = '', kind = ''): Promise<Validate | undefined> {
  const [version = '', group = 'core'] = apiVersion.split('/').toReversed();
  const name = [group.split('.')[0]!, version, kind]
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  try {
    const module: unknown = await import(`kubernetes-models/_schemas/IoK8sApi${name}`);
    return (module as { readonly validate: Validate }).validate;
  } catch {
    return undefined;
  }
}

/**
 * Wraps `value` and records which fields are read. The compiled schemas read exactly the fields that
 * they know and ignore unknown ones, so the unread fields are the unknown ones.
 */
function watched(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return child;
      const childPath = `${path}/${key}`;
      read.add(childPath);
      return watched(child, childPath, read);
    },
  });
}

function unread(value: unknown, path: string, read: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const childPath = `${path}/${key}`;
    return read.has(childPath) ? unread(child, childPath, read) : [childPath];
  });
}

function textOf({ keyword, params, instancePath }: SchemaError, object: ManifestHead): string {
  if (keyword === 'required') return `${String(params['missingProperty'])} is missing; add it`;
  const got = object.kind === 'Secret' ? 'a value that is not shown' : shown(object, instancePath);
  if (keyword === 'type') return `got ${got}; use a value of type ${String(params['type'])}`;
  return `got ${got}; ${keyword} allows ${JSON.stringify(params)}`;
}

function shown(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split('/').slice(1)) value = (value as Record<string, unknown>)[key];
  return JSON.stringify(value);
}

/** `/spec/ports/0/name` as `spec.ports[0].name`. */
function dotted(path: string): string {
  return path
    .slice(1)
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}
