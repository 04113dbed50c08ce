#!/bin/sh
# Succeeds if a broker answers, as Kafka's script of this name does. Called with --bootstrap-server HOST:PORT.
exec java -Xmx128m -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*' io.godwit.cli.Godwit list "$@"
