package io.godwit.producer.source;

import io.godwit.hash.ContentHash;
import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.producer.precopy.DirtyMemory;
import io.godwit.producer.precopy.GuestException;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a RAM directory as memory that another process writes, and that says nothing of what it writes: changed pages
 * are found by their content.
 *
 * <p><b>Invariant: no write is lost.</b> A page is copied out of its file, and what is hashed and passed on is that copy, so
 * {@link SentContents} holds what targets have, whatever was written meanwhile: a page that was written while it was copied
 * has a content that is old, new or a mix of both, and the hash of just that. A sync compares the file with it. So a page of
 * which targets have anything else than what the file holds at the last sync, which comes after the guest was paused, is
 * marked and sent once more, with nobody writing. Nothing that was read before a sync is passed after it.
 */
final class FollowedMemory implements DirtyMemory, AutoCloseable {
    private final BlockFiles files;
    private final PauseCommands commands;
    private final List<DirtyBitmap> dirty = new ArrayList<>();
    private final SentContents sent;
    private final ChangeScan scan;
    private final byte[] bytes;

    /** @param files closed with this memory */
    FollowedMemory(BlockFiles files, PauseCommands commands, ContentHash hash, int threads) {
        this.files = files;
        this.commands = commands;
        for (int block = 0; block < manifest().blocks().size(); block++) {
            dirty.add(new DirtyBitmap(manifest().pages(block)));
        }
        sent = new SentContents(manifest(), hash);
        scan = new ChangeScan(files, sent, dirty, threads);
        bytes = new byte[DirtyBitmap.WORD_PAGES * manifest().pageSize()];
    }

    @Override
    public Manifest manifest() {
        return files.manifest();
    }

    @Override
    public DirtyBitmap dirty(int block) {
        return dirty.get(block);
    }

    /** As described there, but that the bytes are a copy, which nobody writes. */
    @Override
    public ByteBuffer view(int block, int first, int count) throws IOException, InterruptedException {
        int pageSize = manifest().pageSize();
        files.read(block, (long) first * pageSize, ByteBuffer.wrap(bytes, 0, count * pageSize));
        for (int page = 0; page < count; page++) {
            sent.passed(block, first + page, bytes, page * pageSize);
        }
        return ByteBuffer.wrap(bytes, 0, count * pageSize);
    }

    @Override
    public void sync() throws IOException, InterruptedException {
        scan.run();
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public boolean isThrottleable() {
        return false;
    }

    @Override
    public void throttle(int percent) {
        // There is no command for that.
    }

    @Override
    public void pause() throws GuestException {
        commands.pause();
    }

    @Override
    public void close() throws IOException {
        scan.close();
        files.close();
    }
}
