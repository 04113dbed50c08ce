package io.godwit.consumer.qemu;

import io.godwit.consumer.sink.DiskSpace;
import io.godwit.consumer.sink.PageFile;
import io.godwit.qemu.stream.GlobalState;
import io.godwit.qemu.stream.MalformedStreamException;
import io.godwit.qemu.stream.Preamble;
import io.godwit.qemu.stream.QemuStreamWriter;
import io.godwit.qemu.stream.ReturnPathReader;
import io.godwit.ramdir.MappedBlock;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guest on its way into a QEMU.
 *
 * <table>
 *   <caption>What is called in which order</caption>
 *   <tr><td>{@link #open}</td><td>blocks are checked, shared files emptied, QEMU listens</td></tr>
 *   <tr><td>{@link #placed}</td><td>what lies in a shared file is written there</td></tr>
 *   <tr><td>{@link #forward}</td><td>the others are forwarded from now on, once the preamble is known</td></tr>
 *   <tr><td>{@link #preamble}</td><td>the stream begins</td></tr>
 *   <tr><td>{@link #finish}</td><td>all pages stand; QEMU has loaded the guest, which is paused</td></tr>
 *   <tr><td>{@link #run}</td><td>the guest runs</td></tr>
 * </table>
 */
final class IncomingGuest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingGuest.class);
    private static final long LOAD_SECONDS = 120;
    /** Run state of a guest that somebody has paused. */
    private static final String PAUSED = "paused";

    private final IncomingQemu qemu;
    private final Manifest manifest;
    private final List<SharedFile> shared;
    private final SocketChannel channel;
    private final CompletableFuture<OptionalInt> shut = new CompletableFuture<>();
    private Forwarder forwarder;
    private Preamble begun;
    private boolean isPaused;

    private IncomingGuest(IncomingQemu qemu, Manifest manifest, List<SharedFile> shared, SocketChannel channel) {
        this.qemu = qemu;
        this.manifest = manifest;
        this.shared = shared;
        this.channel = channel;
        Thread reader = new Thread(this::awaitShut, "godwit-return-path");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Prepares QEMU for a guest.
     *
     * @param directory where QEMU's socket is made, and memory lies that is forwarded
     * @throws IncomingQemuException if the guest does not fit QEMU, or there is no room for what is forwarded
     */
    static IncomingGuest open(IncomingQemu qemu, Manifest manifest, Path directory) throws IOException {
        List<SharedFile> shared = qemu.check(manifest);
        checkSpace(manifest, shared, directory, DiskSpace.OF_FILE_SYSTEM);
        SocketChannel channel = qemu.listen(directory.resolve("incoming"), !shared.isEmpty());
        try {
            for (SharedFile file : shared) {
                empty(file.file());
            }
            return new IncomingGuest(qemu, manifest, shared, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Forwarded memory is kept once beside QEMU's own: as the base of deltas, and for pages that change on their way. */
    static void checkSpace(Manifest manifest, List<SharedFile> shared, Path directory, DiskSpace space)
            throws IOException {
        Set<String> placed = shared.stream().map(SharedFile::block).collect(Collectors.toSet());
        long needed = manifest.blocks().stream()
                .filter(block -> !placed.contains(block.id()))
                .mapToLong(RamBlock::length)
                .sum();
        long usable = space.usableBytes(directory);
        if (usable < needed) {
            throw new IncomingQemuException("the guest's memory is forwarded to QEMU, which needs up to " + needed
                    + " bytes in " + directory.getParent() + ", where " + usable
                    + " are free: set TMPDIR to where there"
                    + " is room, or start QEMU with its memory in a shared file (memory-backend-file, share=on)");
        }
    }

    /** The block's memory itself, where it lies in a shared file. */
    Optional<PageFile> placed(int block) throws IOException {
        RamBlock wanted = manifest.blocks().get(block);
        for (SharedFile file : shared) {
            if (file.block().equals(wanted.id())) {
                return Optional.of(
                        new PageFile(MappedBlock.openWritable(file.file(), wanted.length()), manifest.pageSize()));
            }
        }
        return Optional.empty();
    }

    /** Forwards pages of {@code blocks}, which are all that are not {@link #placed}, from now on. */
    Forwarder forward(List<ForwardedBlock> blocks) {
        forwarder =
                new Forwarder(new QemuStreamWriter(channel, manifest.blocks(), manifest.pageSize()), manifest, blocks);
        return forwarder;
    }

    /**
     * Begins the stream, once: a later preamble is only compared.
     *
     * @param deviceState begins with the preamble
     * @return bytes of the preamble
     */
    synchronized int preamble(byte[] deviceState) throws IOException {
        Preamble preamble = parse(deviceState);
        if (begun == null) {
            qemu.checkMachine(preamble.machine());
            if (!shared.isEmpty() && !preamble.canIgnoreShared()) {
                throw new IncomingQemuException("the guest's machine type names no capabilities, which memory in shared"
                        + " files needs: start QEMU without share=on");
            }
            begun = preamble;
            forwarder.begin(shared.isEmpty() ? preamble.toBytes() : preamble.ignoringShared(), guestAddresses());
        } else if (!begun.machine().equals(preamble.machine())) {
            throw new IncomingQemuException("the guest's machine type was " + begun.machine() + ", and is "
                    + preamble.machine() + " now: start QEMU anew with -incoming defer -S, and receive again");
        }
        return preamble.length();
    }

    /**
     * Has QEMU load the rest; returns when the guest stands still in it, ready to run.
     *
     * @param rest device state behind its preamble
     */
    void finish(ByteBuffer rest) throws IOException {
        isPaused = GlobalState.runState(rest).filter(PAUSED::equals).isPresent();
        try {
            forwarder.finish(rest);
            OptionalInt status = shutStatus();
            if (status.isEmpty() || status.getAsInt() != 0) {
                throw new IOException("it closed its stream");
            }
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw qemu.refusal(e);
        }
        qemu.awaitPaused();
    }

    /** Runs the guest that was loaded, unless it was paused at its source; returns when it runs. */
    void run() throws IOException {
        if (isPaused) {
            LOG.info("The guest was paused at its source, and stays so");
        } else {
            qemu.continueGuest();
        }
    }

    /**
     * Asks whether QEMU still takes what it is sent.
     *
     * @throws IncomingQemuException with its reason, where it does not
     */
    void check() throws IncomingQemuException {
        if (shut.isDone() || forwarder.hasFailed()) {
            throw qemu.refusal(new IOException("it closed its stream"));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (forwarder != null) {
            forwarder.close();
        }
    }

    private long[] guestAddresses() {
        if (shared.isEmpty()) {
            return new long[0];
        }
        long[] addresses = new long[manifest.blocks().size()];
        for (int block = 0; block < addresses.length; block++) {
            String id = manifest.blocks().get(block).id();
            for (SharedFile file : shared) {
                if (file.block().equals(id)) {
                    addresses[block] = file.guestAddress();
                }
            }
        }
        return addresses;
    }

    private OptionalInt shutStatus() throws IOException {
        try {
            return shut.get(LOAD_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it does not say within " + LOAD_SECONDS + " s that the guest is loaded", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while QEMU loaded the guest");
        }
    }

    /** Body of the thread that reads what QEMU says back. */
    private void awaitShut() {
        try {
            shut.complete(new ReturnPathReader(channel).awaitShut());
        } catch (IOException e) {
            shut.completeExceptionally(e);
        }
    }

    /**
     * Lets all pages of a shared file be zero, whatever it held. QEMU has it mapped, and must not touch it meanwhile: it waits
     * for a guest, its virtual CPUs never ran, and its ROMs are loaded later.
     */
    private static void empty(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long length = channel.size();
            channel.truncate(0);
            channel.write(ByteBuffer.allocate(1), length - 1);
        }
    }

    /**
     * Reads the preamble that a guest's device state begins with.
     *
     * @throws IncomingQemuException if there is none
     */
    static Preamble parse(byte[] deviceState) throws IncomingQemuException {
        try {
            return Preamble.parse(deviceState);
        } catch (MalformedStreamException e) {
            throw new IncomingQemuException(
                    "the guest's device state begins with " + e.getMessage()
                            + ": only a guest of QEMU can be continued in QEMU",
                    e);
        }
    }
}
