# One image for every role: the arguments are those of the godwit command.
#
# It is built from a checkout alone, and runs as a user without a name on any base with a Java 17 or newer in its PATH: no shell is
# needed at run time. JAVA_IMAGE=gcr.io/distroless/java17-debian12, with its java in /usr/bin, will do as well.

ARG JDK_IMAGE=eclipse-temurin:17-jdk
ARG JAVA_IMAGE=eclipse-temurin:17-jre

FROM ${JDK_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true -pl cli -am package && \
    mkdir -p /image/opt/godwit /image/var/lib/godwit && \
    cp -r LICENSE NOTICE cli/src/main/jvm cli/target/godwit/lib /image/opt/godwit/

FROM ${JAVA_IMAGE}
ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title="Godwit" \
      org.opencontainers.image.description="Live-migrates the memory of running virtual machines through Apache Kafka." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/opt /opt
# What a role keeps on disk; a volume that is mounted here is this user's.
COPY --from=build --chown=65532:65532 /image/var/lib/godwit /var/lib/godwit
WORKDIR /var/lib/godwit
USER 65532:65532
# Roles serve metrics and health here, on the loopback address: --metrics-host 0.0.0.0 lets others ask.
ENV GODWIT_METRICS_PORT=9400
EXPOSE 9400
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
    CMD ["java", "@/opt/godwit/jvm/every.options", "@/opt/godwit/jvm/short.options", "-Xmx32m", "-cp", "/opt/godwit/lib/*", \
         "io.godwit.cli.Godwit", "health"]
ENTRYPOINT ["java", "@/opt/godwit/jvm/every.options", "@/opt/godwit/jvm/long-running.options", \
            "@/opt/godwit/jvm/container.options", "-cp", "/opt/godwit/lib/*", "io.godwit.cli.Godwit"]
CMD ["--help"]
