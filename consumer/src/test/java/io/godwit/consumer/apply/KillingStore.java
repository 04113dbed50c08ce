package io.godwit.consumer.apply;

import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.PageSink;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import io.godwit.record.StreamBody.StreamStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A store whose sink dies in a write: before it, after it, or with a part of its bytes written. */
final class KillingStore implements TargetStore {
    /** Stands for kill -9. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final TargetStore store;
    private final Random random;
    private int writesToLive;

    /** @param writesToLive writes that are let through before the one that dies */
    KillingStore(TargetStore store, int writesToLive, Random random) {
        this.store = store;
        this.writesToLive = writesToLive;
        this.random = random;
    }

    @Override
    public Optional<OpenTarget> resume(String stream) throws TargetException, IOException {
        return store.resume(stream).map(this::mortal);
    }

    @Override
    public OpenTarget create(StreamStart start) throws TargetException, IOException {
        return mortal(store.create(start));
    }

    @Override
    public Set<String> checkpoints() throws IOException {
        return store.checkpoints();
    }

    @Override
    public void keepCheckpoints(Set<String> ids) throws IOException {
        store.keepCheckpoints(ids);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private OpenTarget mortal(OpenTarget open) {
        return new OpenTarget(
                open.manifest(), open.lanes(), new MortalSink(open.sink()), open.positions(), open.hashes());
    }

    private final class MortalSink implements PageSink {
        private final PageSink sink;

        MortalSink(PageSink sink) {
            this.sink = sink;
        }

        @Override
        public void read(int block, long index, byte[] output, int outputOffset) throws IOException {
            sink.read(block, index, output, outputOffset);
        }

        @Override
        public void write(int block, long index, ByteBuffer pages) throws IOException {
            if (writesToLive-- > 0) {
                sink.write(block, index, pages);
                return;
            }
            dieWriting(block, index, pages);
        }

        @Override
        public void writeZero(int block, long index, int count) throws IOException {
            if (writesToLive-- > 0) {
                sink.writeZero(block, index, count);
                return;
            }
            dieWriting(block, index, ByteBuffer.allocate(count * StreamScript.PAGE_SIZE));
        }

        @Override
        public void writeDeviceState(long position, byte[] chunk) throws IOException {
            if (writesToLive-- > 0) {
                sink.writeDeviceState(position, chunk);
                return;
            }
            sink.writeDeviceState(position, Arrays.copyOf(chunk, random.nextInt(chunk.length + 1)));
            throw new Killed();
        }

        @Override
        public void complete(boolean withDeviceState) throws IOException {
            sink.complete(withDeviceState);
        }

        @Override
        public void close() throws IOException {
            sink.close();
        }

        /** Writes the first bytes of the range, none to all of them; the rest stays as it was. */
        private void dieWriting(int block, long index, ByteBuffer pages) throws IOException {
            int count = pages.remaining() / StreamScript.PAGE_SIZE;
            byte[] torn = new byte[count * StreamScript.PAGE_SIZE];
            for (int page = 0; page < count; page++) {
                sink.read(block, index + page, torn, page * StreamScript.PAGE_SIZE);
            }
            pages.get(torn, 0, random.nextInt(torn.length + 1));
            sink.write(block, index, ByteBuffer.wrap(torn));
            throw new Killed();
        }
    }
}
