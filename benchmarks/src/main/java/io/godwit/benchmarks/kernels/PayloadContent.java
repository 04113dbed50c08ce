package io.godwit.benchmarks.kernels;

import java.util.random.RandomGenerator;

/** What the pages of a payload hold. */
public enum PayloadContent {
    /** Words of a small vocabulary, some far more often than others. */
    TEXT {
        @Override
        void fill(byte[] payload, RandomGenerator random) {
            byte[][] words = new byte[VOCABULARY][];
            for (int word = 0; word < words.length; word++) {
                words[word] = word(random);
            }
            for (int at = 0; at < payload.length; ) {
                byte[] word = words[random.nextInt(1 + random.nextInt(words.length))];
                int length = Math.min(word.length, payload.length - at);
                System.arraycopy(word, 0, payload, at, length);
                at += length;
            }
        }

        private byte[] word(RandomGenerator random) {
            byte[] word = new byte[random.nextInt(3, 11)];
            for (int letter = 0; letter < word.length - 1; letter++) {
                word[letter] = (byte) ('a' + random.nextInt(26));
            }
            word[word.length - 1] = ' ';
            return word;
        }
    },
    /** Kernel-like structures: pointers that share their upper bytes, small counters, padding. */
    STRUCTURES {
        @Override
        void fill(byte[] payload, RandomGenerator random) {
            for (int at = 0; at < payload.length; at++) {
                int field = at / Long.BYTES % 3;
                int place = at % Long.BYTES;
                boolean varies = field == 0 ? place < 3 : field == 1 && place == 0;
                payload[at] = varies ? (byte) random.nextInt() : (byte) (field == 0 ? 0xFF : 0);
            }
        }
    },
    /** Encrypted or compressed before. */
    RANDOM {
        @Override
        void fill(byte[] payload, RandomGenerator random) {
            random.nextBytes(payload);
        }
    };

    private static final int VOCABULARY = 2048;

    abstract void fill(byte[] payload, RandomGenerator random);
}
