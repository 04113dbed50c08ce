package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GlobalStateTest {
    @Test
    void isFoundInWhatARealQemuSent() throws Exception {
        ByteBuffer stream = ByteBuffer.wrap(RecordedStream.of("pc").bytes());

        assertThat(GlobalState.runState(stream)).contains("prelaunch");
        assertThat(stream.position()).isZero();
    }

    @Test
    void isNotFoundWhereItIsNotToldOrCutOff() {
        byte[] name = "\013globalstate".getBytes(US_ASCII);

        assertThat(GlobalState.runState(ByteBuffer.allocate(0))).isEmpty();
        assertThat(GlobalState.runState(ByteBuffer.allocate(1000))).isEmpty();
        assertThat(GlobalState.runState(ByteBuffer.wrap(name))).isEmpty();
    }
}
