/** The URLs of the running stack. */
export interface StackUrls {
  readonly redis: string;
  /** By database name. */
  readonly databases: Readonly<Record<string, string>>;
  /** By app name, without a trailing slash. */
  readonly apps: Readonly<Record<string, string>>;
}

/** When a process is stopped: first the gateway, so that no new requests reach the services. */
export type StopStage = 'gateway' | 'services' | 'servers';

/** An app of the stack and how to start it. */
export interface AppPlan {
  readonly name: string;
  readonly port: number;
  /** Environment variable that sets the port; the error for a taken port names it. */
  readonly portVariable: string;
  readonly stage: Exclude<StopStage, 'servers'>;
  /** File to run. @defaultValue `dist/apps/<name>/main.js` */
  readonly entry?: string;
  /** Environment of the app, in addition to `PORT` and `HOST`. */
  readonly env: (urls: StackUrls) => Readonly<Record<string, string>>;
}

/** A database with an owner of the same name. */
export interface DatabasePlan {
  readonly name: string;
  /** Environment variable with the URL of a database to use instead. */
  readonly variable: string;
}
