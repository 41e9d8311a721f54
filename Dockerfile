# One Dockerfile for all apps: docker build --build-arg APP=points-service .

# Only the package manifests, so that a code change does not invalidate the install layer.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs libs
RUN find libs -type f ! -name package.json -delete

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /app ./
# No package that runs in the image needs an install script.
RUN npm ci --ignore-scripts --no-audit
COPY . .
RUN node tools/build.ts \
  && npm prune --omit=dev --ignore-scripts --no-audit \
  && rm -rf libs/testing node_modules/@loyalnest/testing libs/*/src

FROM node:24-bookworm-slim
ARG APP
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
# By default Node sizes its heap by the machine's memory and keeps 290 MiB where 125 MiB are enough.
ENV NODE_OPTIONS="--max-old-space-size=512 --max-semi-space-size=8"
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/dist/apps/${APP} dist/app
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node runs as PID 1, so it receives signals directly and shuts down gracefully.
CMD ["node", "dist/app/main.js"]
