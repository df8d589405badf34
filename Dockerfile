# The images of the services, made of the jars that `mvn package` leaves in containers/target/image:
#   mvn -DskipTests package && docker compose build
# Without compose: docker build --target ingest -t ringback/ingest .

# All that the images have in common: the layer of others' jars changes with dependencies only.
FROM eclipse-temurin:25-jre AS base
RUN groupadd --system --gid 10001 ringback \
  && useradd --system --uid 10001 --gid ringback --home-dir /var/lib/ringback --create-home \
    --shell /usr/sbin/nologin ringback \
  && mkdir /keys && chown ringback:ringback /keys
COPY containers/image/bin /opt/ringback/bin
COPY containers/target/image/lib /opt/ringback/lib
COPY containers/target/image/app /opt/ringback/app
ENV PATH="/opt/ringback/bin:$PATH" RINGBACK_BIND_ADDRESS=0.0.0.0 \
  RINGBACK_STATE_DIR=/var/lib/ringback/state
USER 10001:10001
WORKDIR /var/lib/ringback
# The only place that is written to: local state, which is rebuilt from Kafka when it is lost.
VOLUME /var/lib/ringback
ENTRYPOINT ["ringback"]

# What a service needs to start fast: the classes it loads, parsed and linked.
FROM base AS trained
USER root
RUN mkdir /opt/ringback/aot && ringback-train ingest && ringback-train dispatcher \
  && ringback-train console

FROM base AS ingest
COPY --from=trained /opt/ringback/aot/ingest.aot /opt/ringback/aot/
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=3 CMD ["ringback-health", "8080"]
CMD ["ingest"]

FROM base AS dispatcher
COPY --from=trained /opt/ringback/aot/dispatcher.aot /opt/ringback/aot/
EXPOSE 8082
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=3 CMD ["ringback-health", "8082"]
CMD ["dispatcher"]

FROM base AS console
COPY --from=trained /opt/ringback/aot/console.aot /opt/ringback/aot/
EXPOSE 8081
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=3 CMD ["ringback-health", "8081"]
CMD ["console"]

FROM base AS dlq-replayer
ENTRYPOINT ["ringback", "dlq"]
CMD ["--help"]

# Topics, keys, and the demo's receiver and calls.
FROM base AS tools
CMD ["help"]
