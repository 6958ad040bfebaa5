# syntax=docker/dockerfile:1
# Builds and runs on the same Debian release, so that better-sqlite3 meets the libc it was built for.

FROM node:22.20.0-bookworm-slim AS build
# better-sqlite3 is compiled here (two to three minutes); nothing of the compiler is in the image.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --build-from-source=better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:22.20.0-bookworm-slim
LABEL org.opencontainers.image.title="Callveil" \
      org.opencontainers.image.description="Self-hosted phone-number masking: a SIP B2BUA" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    CALLVEIL_CONFIG=/etc/callveil/callveil.yaml \
    CALLVEIL_DATA_DIR=/var/lib/callveil
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY prompts ./prompts
COPY demo ./demo
RUN groupadd --system --gid 10001 callveil \
 && useradd --system --uid 10001 --gid callveil --home-dir /var/lib/callveil callveil \
 && install -d -o callveil -g callveil -m 0700 /var/lib/callveil
USER 10001:10001
VOLUME /var/lib/callveil
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp
# Alive, not ready: a node that drains must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Run it with --init: Node does not reap, and as process 1 it would not get default signal actions.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve", "--config", "/etc/callveil/callveil.yaml"]
