FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/config ./config
COPY --from=build /app/dist ./dist
# Owned by the unprivileged user before the volume is mounted, so that the volume takes the owner over.
RUN mkdir -p /var/lib/vinculum/keys && chown -R node:node /var/lib/vinculum && chmod 700 /var/lib/vinculum/keys
USER node
# Native buffers of many threads would else lie in an arena each: some 40 MB.
ENV MALLOC_ARENA_MAX=2
EXPOSE 3000
CMD ["node", "--max-semi-space-size=4", "dist/src/main.js"]
