package io.godwit.consumer.apply;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.consumer.sink.TargetException;
import java.io.IOException;
import java.util.List;

/** The checkpoints that this host holds. Any thread may call it, one at a time. */
@FunctionalInterface
public interface HeldCheckpoints {
    /**
     * Opens the checkpoints that a stream's start names.
     *
     * @param ids of the checkpoints
     * @param pageSize bytes a page
     * @return their pages, or those that are here where that is enough
     * @throws TargetException naming those that are not here, where they have to be
     */
    KnownPages open(List<String> ids, int pageSize) throws TargetException, IOException;
}
