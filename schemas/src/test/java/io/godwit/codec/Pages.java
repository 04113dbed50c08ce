package io.godwit.codec;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Pages as guests have them, made from a seeded generator. */
final class Pages {
    private Pages() {}

    /** What a page may hold. */
    enum Content {
        ZERO {
            @Override
            byte[] make(RandomGenerator random, int pageSize) {
                return new byte[pageSize];
            }
        },
        FILL {
            @Override
            byte[] make(RandomGenerator random, int pageSize) {
                byte[] page = new byte[pageSize];
                Arrays.fill(page, (byte) random.nextInt());
                return page;
            }
        },
        TEXT {
            @Override
            byte[] make(RandomGenerator random, int pageSize) {
                byte[] page = new byte[pageSize];
                for (int at = 0; at < pageSize; at++) {
                    page[at] = (byte) "etaoin shrdlu\n".charAt(random.nextInt(14));
                }
                return page;
            }
        },
        POINTERS {
            @Override
            byte[] make(RandomGenerator random, int pageSize) {
                byte[] page = new byte[pageSize];
                for (int at = 0; at < pageSize; at++) {
                    page[at] = (byte) (at % 8 < 3 ? random.nextInt() : at % 8 < 6 ? 0x88 : 0xFF);
                }
                return page;
            }
        },
        RANDOM {
            @Override
            byte[] make(RandomGenerator random, int pageSize) {
                byte[] page = new byte[pageSize];
                random.nextBytes(page);
                return page;
            }
        };

        abstract byte[] make(RandomGenerator random, int pageSize);
    }

    /** How a guest changes a page. */
    enum Change {
        NOTHING {
            @Override
            void apply(RandomGenerator random, byte[] page) {}
        },
        ONE_BYTE {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                page[random.nextInt(page.length)]++;
            }
        },
        FIRST_AND_LAST_BYTE {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                page[0]++;
                page[page.length - 1]++;
            }
        },
        FEW_BYTES {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                scatter(random, page, 1 + random.nextInt(16), 1);
            }
        },
        SCATTERED_WORDS {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                scatter(random, page, 1 + random.nextInt(64), 8);
            }
        },
        SCATTERED_BYTES {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                scatter(random, page, page.length / 10, 1);
            }
        },
        /** As many runs as make a delta of about a page: on either side of overflow. */
        ABOUT_A_PAGE {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                int step = 2 + random.nextInt(3);
                for (int at = random.nextInt(4); at < page.length; at += step) {
                    page[at]++;
                }
            }
        },
        ONE_RUN {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                int from = random.nextInt(page.length);
                int to = from + random.nextInt(page.length - from);
                for (int at = from; at <= to; at++) {
                    page[at]++;
                }
            }
        },
        ALL_BUT_A_FEW {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                byte[] before = page.clone();
                for (int at = 0; at < page.length; at++) {
                    page[at]++;
                }
                for (int count = random.nextInt(9); count > 0; count--) {
                    int at = random.nextInt(page.length);
                    page[at] = before[at];
                }
            }
        },
        REWRITTEN {
            @Override
            void apply(RandomGenerator random, byte[] page) {
                random.nextBytes(page);
            }
        };

        abstract void apply(RandomGenerator random, byte[] page);

        private static void scatter(RandomGenerator random, byte[] page, int count, int length) {
            for (int written = 0; written < count; written++) {
                int from = random.nextInt(page.length - length + 1);
                for (int at = from; at < from + length; at++) {
                    page[at] = (byte) random.nextInt();
                }
            }
        }
    }
}
