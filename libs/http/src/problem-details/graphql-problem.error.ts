/**
 * The error that GraphQL formats. Its message is safe, and `extensions` has what a program needs. It has
 * no stack, because some servers send it.
 */
export class GraphqlProblemError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor({ message, status: _status, ...extensions }: Readonly<Record<string, unknown>>) {
    super(String(message));
    this.extensions = extensions;
    this.stack = `GraphQL problem: ${this.message}`;
  }
}
