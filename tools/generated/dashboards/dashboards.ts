import type { DashboardSource } from './dashboard-source.ts';
import { dashboardJson } from './grafana/dashboard-json.ts';
import { dependencies } from './dependencies/dependencies.dashboard.ts';
import { jobs } from './jobs/jobs.dashboard.ts';
import { service } from './service/service.dashboard.ts';

/** Ships with the package, so that its users have it as well. */
const FOLDER = 'libs/observability/dashboards';

/** All dashboards, by the file that Grafana reads. */
export const DASHBOARDS: Readonly<Record<string, DashboardSource>> = {
  [`${FOLDER}/service.json`]: service,
  [`${FOLDER}/jobs.json`]: jobs,
  [`${FOLDER}/dependencies.json`]: dependencies,
};

/** As `GENERATED_FILES` wants them. */
export const dashboardFiles = Object.fromEntries(
  Object.entries(DASHBOARDS).map(([file, source]) => [file, () => dashboardJson(source)]),
);
