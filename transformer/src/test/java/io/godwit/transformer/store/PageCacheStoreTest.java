package io.godwit.transformer.store;

import static io.godwit.transformer.store.Pages.PER_SLAB;
import static io.godwit.transformer.store.Pages.SLAB_COST;
import static io.godwit.transformer.store.Pages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

final class PageCacheStoreTest {
    private static final String STORE = "page-cache";

    private final PageCacheBudget budget = new PageCacheBudget(8 * SLAB_COST);
    private long nowMs;
    private final PageCacheStore store = new PageCacheStore(STORE, budget, () -> nowMs);
    private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();

    @Test
    void aStoreThatIsOpenedAgainStartsEmptyAndItsMemoryIsFree() {
        open();
        LanePages before = store.lane("vm", 0);
        before.attempt(3);
        send(before, 0, 100);

        store.close();
        assertThat(store.isOpen()).isFalse();
        assertThat(budget.usedBytes()).isZero();

        open();
        assertThat(store.isOpen()).isTrue();
        assertThat(store.lane("vm", 0).size()).isZero();
        assertThat(store.lane("vm", 0).attempt()).isZero();
    }

    @Test
    void closingTwiceDoesNoHarm() {
        open();
        store.close();

        store.close();

        assertThat(store.isOpen()).isFalse();
    }

    @Test
    void aLaneIsTheSameUntilItIsDropped() {
        LanePages lane = store.lane("vm", 1);
        send(lane, 0, 10);

        assertThat(store.lane("vm", 1)).isSameAs(lane);
        assertThat(store.lane("vm", 2)).isNotSameAs(lane);
        assertThat(store.lane("other", 1)).isNotSameAs(lane);

        store.drop("vm", 1);
        store.drop("vm", 1);

        assertThat(store.lane("vm", 1).size()).isZero();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aLaneThatIsUnusedForAnHourIsForgotten() {
        store.lane("vm", 0).attempt(2);
        store.lane("used", 0).attempt(2);
        nowMs = PageCacheStore.FORGET_MS - 1;
        store.maintain();
        store.lane("used", 0);

        nowMs++;
        store.maintain();

        assertThat(store.lane("vm", 0).attempt()).isZero();
        assertThat(store.lane("used", 0).attempt()).isEqualTo(2);
    }

    @Test
    void maintenanceGivesBackSlabsWithoutPages() {
        LanePages lane = store.lane("vm", 0);
        send(lane, 0, 8 * PER_SLAB);
        lane.remove(0, 0, 7 * PER_SLAB);

        store.maintain();

        assertThat(budget.usedBytes()).isEqualTo(2 * SLAB_COST);
        assertThat(lane.size()).isEqualTo(PER_SLAB);
    }

    @Test
    void theStoreIsNeitherPersistentNorLogged() {
        PageCacheStoreBuilder builder = new PageCacheStoreBuilder(STORE, budget);

        assertThat(builder.name()).isEqualTo(STORE);
        assertThat(builder.loggingEnabled()).isFalse();
        assertThat(builder.logConfig()).isEmpty();
        assertThat(builder.build().persistent()).isFalse();
        assertThat(builder.withLoggingDisabled().withCachingDisabled()).isSameAs(builder);
        assertThatThrownBy(() -> builder.withLoggingEnabled(Map.of()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("a page cache has no changelog");
    }

    @Test
    void metricsTellWhatTheCacheDidAndGoWhenItCloses() {
        open();
        LanePages lane = store.lane("vm", 0);
        send(lane, 0, 8 * PER_SLAB);
        send(lane, 0, 100);
        store.maintain();

        assertThat(metric("hits-total")).isEqualTo(100);
        assertThat(metric("misses-total")).isEqualTo(512);
        assertThat(metric("insertions-total")).isEqualTo(512);
        assertThat(metric("updates-total")).isEqualTo(100);
        assertThat(metric("size-pages")).isEqualTo(512);

        store.close();
        assertThat(context.metrics().metrics().keySet())
                .noneMatch(name -> name.group().equals(PageCacheMetrics.GROUP));
    }

    @Test
    void anOperatorResizesARunningCacheThroughJmx() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        LanePages lane = store.lane("vm", 0);
        send(lane, 0, 8 * PER_SLAB);
        try (PageCacheManagement management = new PageCacheManagement(budget);
                PageCacheManagement another = new PageCacheManagement(budget)) {
            ObjectName name = new ObjectName("godwit:type=PageCache");
            assertThat(management.name()).isEqualTo(name.toString());
            assertThat(another.name()).isEqualTo("godwit:type=PageCache,instance=2");

            server.setAttribute(name, new Attribute("MaxBytes", 2 * SLAB_COST));
            store.maintain();

            assertThat(server.getAttribute(name, "MaxBytes")).isEqualTo(2 * SLAB_COST);
            assertThat(server.getAttribute(name, "UsedBytes")).isEqualTo(2 * SLAB_COST);
            assertThat(server.getAttribute(name, "Evictions")).isEqualTo(6L * PER_SLAB);
            assertThat(lane.size()).isEqualTo(2 * PER_SLAB);
        }
        assertThat(server.queryNames(new ObjectName("godwit:type=PageCache,*"), null))
                .isEmpty();
    }

    @Test
    void streamsRunsIt() {
        Topology topology = new Topology()
                .addSource("source", new StringDeserializer(), new StringDeserializer(), "in")
                .addProcessor("sender", Sender::new, "source")
                .addStateStore(new PageCacheStoreBuilder(STORE, budget), "sender");
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, config)) {
            TestInputTopic<String, String> in =
                    driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
            in.pipeInput("vm", "7");
            in.pipeInput("vm", "7");

            assertThat(budget.stats()).isEqualTo(new PageCacheStats(1, 1, 1, 1, 0, 0));
            assertThat(budget.usedBytes()).isEqualTo(SLAB_COST);
        }
        assertThat(budget.usedBytes()).isZero();
    }

    private static final class Sender extends ContextualProcessor<String, String, Void, Void> {
        @Override
        public void process(Record<String, String> record) {
            PageCacheStore store = context().getStateStore(STORE);
            send(store.lane(record.key(), 0), Integer.parseInt(record.value()));
        }
    }

    private void open() {
        store.init(context.getStateStoreContext(), store);
    }

    private double metric(String name) {
        return context.metrics().metrics().entrySet().stream()
                .filter(entry -> entry.getKey().group().equals(PageCacheMetrics.GROUP)
                        && entry.getKey().name().equals(name))
                .map(entry -> (Double) entry.getValue().metricValue())
                .findFirst()
                .orElseThrow();
    }
}
