# Fairlead as the chart `charts/fairlead` runs it: `docker build -t REPOSITORY:0.1.0 .`
ARG NODE_IMAGE=node:24-bookworm

FROM ${NODE_IMAGE} AS build
WORKDIR /opt/fairlead
COPY package.json package-lock.json ./
COPY packages ./packages
# `true` brings the client that restricts NodePorts on AWS. Never the Node.js that checkouts bring along: the image has its own.
ARG WITH_AWS=false
RUN if [ "$WITH_AWS" = true ]; then \
    npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-*; \
  else \
    npm ci --omit=dev --omit=optional --no-audit --no-fund; \
  fi
COPY scripts/copy-helm.ts ./scripts/copy-helm.ts
RUN node scripts/copy-helm.ts /opt/bin
COPY charts ./charts
RUN node packages/web/build/main.ts /opt/web

FROM ${NODE_IMAGE}-slim
# Charts of applications may lie in git repositories.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/bin /usr/local/bin
COPY --from=build /opt/fairlead /opt/fairlead
COPY --from=build /opt/web /opt/web
# All that is written goes to the volumes /var/cache/fairlead and /tmp; the rest may be read-only.
ENV NODE_ENV=production HOME=/tmp XDG_CACHE_HOME=/var/cache/fairlead FAIRLEAD_WEB=/opt/web
USER 65532:65532
ENTRYPOINT ["node", "/opt/fairlead/packages/cli/bin/fairlead.js"]
