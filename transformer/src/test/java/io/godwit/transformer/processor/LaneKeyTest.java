package io.godwit.transformer.processor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LaneKeyTest {
    @Test
    void aKeyNamesMigrationAndLane() {
        assertThat(LaneKey.tryParse("vm-1.prod_eu/1023")).contains(new LaneKey("vm-1.prod_eu", 1023));
        assertThat(LaneKey.tryParse("0/0")).contains(new LaneKey("0", 0));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "/",
                "vm",
                "vm/",
                "/0",
                "vm/-1",
                "vm/+1",
                "vm/01",
                "vm/1024",
                "vm/x",
                "vm/99999999999",
                "v m/0",
                "a/b/0",
                "vm/0 ",
                "vm/\u0661"
            })
    void everythingElseIsNoKey(String key) {
        assertThat(LaneKey.tryParse(key)).isEmpty();
    }
}
