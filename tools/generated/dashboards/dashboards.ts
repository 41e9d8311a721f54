import type { DashboardSource } from './dashboard-source.ts';
import { dashboardJson } from './grafana/dashboard-json.ts';
import { dependencies } from './dependencies/dependencies.dashboard.ts';
import { jobs } from './jobs/jobs.dashboard.ts';
import { service } from './service/service.dashboard.ts';

/** Part of the package, so that its users get the dashboards too. */
const FOLDER = 'libs/observability/dashboards';

/** All dashboards, by generated file. */
export const DASHBOARDS: Readonly<Record<string, DashboardSource>> = {
  [`${FOLDER}/service.json`]: service,
  [`${FOLDER}/jobs.json`]: jobs,
  [`${FOLDER}/dependencies.json`]: dependencies,
};

/** Entries for `GENERATED_FILES`. */
export const dashboardFiles = Object.fromEntries(
  Object.entries(DASHBOARDS).map(([file, source]) => [file, () => dashboardJson(source)]),
);
