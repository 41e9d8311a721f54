/** Where everything of the stack is found. */
export interface StackUrls {
  readonly redis: string;
  /** By name of the database. */
  readonly databases: Readonly<Record<string, string>>;
  /** By name of the app, without a slash at the end. */
  readonly apps: Readonly<Record<string, string>>;
}

/** When a process is stopped: the gateway first, so that nothing new reaches the services. */
export type StopStage = 'gateway' | 'services' | 'servers';

/** One app of the stack and how it is started. */
export interface AppPlan {
  readonly name: string;
  readonly port: number;
  /** Environment variable that sets the port; named when it is taken. */
  readonly portVariable: string;
  readonly stage: Exclude<StopStage, 'servers'>;
  /** File to run. @defaultValue `dist/apps/<name>/main.js` */
  readonly entry?: string;
  /** What the app finds in its environment, beside `PORT` and `HOST`. */
  readonly env: (urls: StackUrls) => Readonly<Record<string, string>>;
}

/** One database with an owner of the same name. */
export interface DatabasePlan {
  readonly name: string;
  /** Environment variable that names a database to be used instead. */
  readonly variable: string;
}
