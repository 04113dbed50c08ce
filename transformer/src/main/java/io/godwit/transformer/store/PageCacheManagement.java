package io.godwit.transformer.store;

import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanRegistrationException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows a budget to JMX clients as {@code godwit:type=PageCache} until it is closed. Where a process runs several
 * transformers, the later ones are {@code godwit:type=PageCache,instance=2} and so on.
 *
 * <p>Threads: any.
 */
public final class PageCacheManagement implements PageCacheMXBean, AutoCloseable {
    private static final String NAME = "godwit:type=PageCache";

    private final PageCacheBudget budget;
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final ObjectName name;

    /** Registers {@code budget}. */
    public PageCacheManagement(PageCacheBudget budget) {
        this.budget = budget;
        try {
            name = register();
        } catch (JMException e) {
            throw new IllegalStateException("cannot show the page cache to JMX clients", e);
        }
    }

    /** The name it is registered by. */
    public String name() {
        return name.toString();
    }

    @Override
    public long getMaxBytes() {
        return budget.maxBytes();
    }

    @Override
    public void setMaxBytes(long maxBytes) {
        budget.resize(maxBytes);
    }

    @Override
    public long getUsedBytes() {
        return budget.usedBytes();
    }

    @Override
    public long getHits() {
        return budget.stats().hits();
    }

    @Override
    public long getMisses() {
        return budget.stats().misses();
    }

    @Override
    public long getInsertions() {
        return budget.stats().insertions();
    }

    @Override
    public long getUpdates() {
        return budget.stats().updates();
    }

    @Override
    public long getEvictions() {
        return budget.stats().evictions();
    }

    @Override
    public long getRefusals() {
        return budget.stats().refusals();
    }

    @Override
    public double getHitRatio() {
        return budget.stats().hitRatio();
    }

    /** Takes it out of JMX; the second call does nothing. */
    @Override
    public void close() {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // Closed before.
        } catch (MBeanRegistrationException e) {
            throw new IllegalStateException("cannot take " + name + " out of JMX", e);
        }
    }

    private ObjectName register() throws JMException {
        for (int instance = 1; ; instance++) {
            ObjectName candidate = new ObjectName(instance == 1 ? NAME : NAME + ",instance=" + instance);
            try {
                server.registerMBean(this, candidate);
                return candidate;
            } catch (InstanceAlreadyExistsException e) {
                // Another transformer of this process has it: the next number.
            }
        }
    }
}
