package io.godwit.cli.metrics;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** What an embedded broker says of itself, from Kafka's own MBeans: ready while it takes requests. */
public final class BrokerMetrics implements RoleMetrics {
    private static final String TOPICS = "kafka.server:type=BrokerTopicMetrics,name=";
    private static final String COUNT = "Count";
    private static final String VALUE = "Value";

    private final BooleanSupplier up;
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

    /** @param up whether the broker takes requests; any thread may ask */
    public BrokerMetrics(BooleanSupplier up) {
        this.up = Objects.requireNonNull(up, "up");
    }

    @Override
    public Readiness readiness() {
        return up.getAsBoolean() ? new Readiness(true, "up") : new Readiness(false, "stopped");
    }

    @Override
    public void collect(MetricFamilies families) {
        families.counter(
                "kafka_server_received_bytes_total",
                "Bytes of records that clients sent.",
                sum(TOPICS + "BytesInPerSec", COUNT));
        families.counter(
                "kafka_server_received_records_total",
                "Records that clients sent.",
                sum(TOPICS + "MessagesInPerSec", COUNT));
        families.counter(
                "kafka_server_sent_bytes_total",
                "Bytes of records that clients fetched.",
                sum(TOPICS + "BytesOutPerSec", COUNT));
        families.counter(
                "kafka_server_failed_requests_total",
                "Requests that failed.",
                "request",
                Map.of(
                        "produce",
                        sum(TOPICS + "FailedProduceRequestsPerSec", COUNT),
                        "fetch",
                        sum(TOPICS + "FailedFetchRequestsPerSec", COUNT)));
        families.gauge(
                "kafka_server_partitions",
                "Partitions that the broker holds.",
                sum("kafka.server:type=ReplicaManager,name=PartitionCount", VALUE));
        families.gauge(
                "kafka_server_log_bytes",
                "Bytes of the broker's logs on disk.",
                sum("kafka.log:type=Log,name=Size,topic=*,partition=*", VALUE));
    }

    /** Sum over the beans whose names match; 0 where there are none. */
    private double sum(String pattern, String attribute) {
        double sum = 0;
        for (ObjectName name : beans.queryNames(nameOf(pattern), null)) {
            sum += read(name, attribute);
        }
        return sum;
    }

    private double read(ObjectName name, String attribute) {
        try {
            return beans.getAttribute(name, attribute) instanceof Number number ? number.doubleValue() : 0;
        } catch (JMException e) {
            // Its topic was deleted since it was found.
            return 0;
        }
    }

    private static ObjectName nameOf(String pattern) {
        try {
            return new ObjectName(pattern);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(pattern + " is no name of beans", e);
        }
    }
}
