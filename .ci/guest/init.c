/*
 * The guest of Godwit's tests: the only program of its machine, started by the kernel as /init.
 *
 * It fills memory, keeps writing a hot set, checks every page it owns over and over, and prints what it sees on the
 * serial console, one line each:
 *
 *   GODWIT ready pages=N                                     memory is filled, the workload starts
 *   GODWIT hb SEQUENCE MICROSECONDS                          a heartbeat; sequence from 0, the guest's monotonic clock
 *   GODWIT stats writes=N checked=N sweeps=N corrupt=N       once a second; sweeps = how often all pages were checked
 *   GODWIT CORRUPT page=N version=N expected=HASH found=HASH a page is not what was last written to it
 *   GODWIT FAILED reason                                     it cannot work; the machine powers off
 *
 * Page bytes are never printed.
 *
 * Kernel command line (sizes take K, M, G):
 *
 *   godwit.hot=16M        pages that the writers keep changing
 *   godwit.hot-fill=random  what they hold to begin with: random, or text
 *   godwit.text=32M       pages that compress like text
 *   godwit.random=16M     pages that do not compress
 *   godwit.repeat=8M      copies of a few pages
 *   godwit.writes=1000    writes a second to the hot set, all writers together
 *   godwit.bytes=16       consecutive bytes of a write, a multiple of 8, up to a page
 *   godwit.writers=1      threads that write
 *   godwit.sweep=5000     pages checked a second beside those that are written
 *   godwit.heartbeat=10   milliseconds between heartbeats
 *   godwit.seed=1         the same seed fills memory with the same bytes
 *
 * How it notices corruption. Beside the pages lies a table with one entry a page: how often the page was written, and
 * the hash of what it must hold now. A write changes the page and, from the words it replaces, the entry's hash, without
 * reading the rest of the page. Page and entry lie in different pages of guest memory. So a page that fell back to an
 * older version of itself, which a checksum inside the page would call sound, differs from its entry; and so does an
 * entry that fell back. A page is checked before each write to it, and by the sweeper.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    WORDS = PAGE / 8,
    MAX_WRITERS = 16,
    REPEATED_PAGES = 16, /* distinct pages in the repeat region */
    MAX_REPORTS = 32,    /* a broken guest says so, and does not flood the console */
};

struct entry {
    uint64_t hash;
    uint64_t version;
};

struct settings {
    uint64_t hot, text, random, repeat; /* bytes */
    uint64_t writes_per_second, write_bytes, writers;
    uint64_t sweep_pages_per_second, heartbeat_ms, seed;
    bool hot_is_text;
};

/* A writer owns consecutive hot pages; its lock orders its writes with the sweeper's checks. */
struct writer {
    pthread_mutex_t lock;
    uint64_t first_page, pages;
    uint64_t random;
};

static struct settings settings = {
    .hot = 16 << 20,
    .text = 32 << 20,
    .random = 16 << 20,
    .repeat = 8 << 20,
    .writes_per_second = 1000,
    .write_bytes = 16,
    .writers = 1,
    .sweep_pages_per_second = 5000,
    .heartbeat_ms = 10,
    .seed = 1,
};

static int console = STDOUT_FILENO;
static uint64_t *memory;
static struct entry *entries;
static uint64_t page_count;
static struct writer writers[MAX_WRITERS];
static atomic_uint_fast64_t writes_done, pages_checked, sweeps_done, pages_corrupt;

/* Prints one line with one write, so that lines of different threads do not mix. */
static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int) sizeof line - 2) {
        length = sizeof line - 2;
    }
    line[length++] = '\n';
    for (int done = 0; done < length;) {
        ssize_t written = write(console, line + done, length - done);
        if (written < 0 && errno != EINTR) {
            return;
        }
        done += written > 0 ? written : 0;
    }
}

static void __attribute__((noreturn)) fail(const char *what)
{
    say("GODWIT FAILED %s: %s", what, strerror(errno));
    sync();
    reboot(RB_POWER_OFF);
    for (;;) {
        pause();
    }
}

/* splitmix64, Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t next_random(uint64_t *state)
{
    return mix(*state += 0x9e3779b97f4a7c15u);
}

/* What a word adds to its page's hash. A sum of these, so that one word can be replaced without reading the others. */
static uint64_t word_hash(uint64_t word, unsigned index)
{
    uint64_t z = (word ^ (index + 1) * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    return z ^ (z >> 32);
}

static uint64_t page_hash(const uint64_t *page)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        hash += word_hash(page[i], i);
    }
    return hash;
}

static uint64_t *page_at(uint64_t page)
{
    return memory + page * WORDS;
}

/* Compares a page with its entry. The caller holds the lock of the page's writer, where it has one. */
static void check_page(uint64_t page)
{
    uint64_t found = page_hash(page_at(page));
    struct entry *entry = &entries[page];
    atomic_fetch_add(&pages_checked, 1);
    if (found == entry->hash) {
        return;
    }
    if (atomic_fetch_add(&pages_corrupt, 1) < MAX_REPORTS) {
        say("GODWIT CORRUPT page=%" PRIu64 " version=%" PRIu64 " expected=%016" PRIx64 " found=%016" PRIx64, page,
            entry->version, entry->hash, found);
    }
    entry->hash = found; /* reported: count it once */
}

static void write_page(struct writer *writer)
{
    uint64_t draw = next_random(&writer->random);
    uint64_t page = writer->first_page + (draw >> 32) % writer->pages;
    unsigned words = settings.write_bytes / 8;
    unsigned first = (uint32_t) draw % (WORDS - words + 1);
    uint64_t *target = page_at(page);
    uint64_t change = 0;

    pthread_mutex_lock(&writer->lock);
    check_page(page);
    for (unsigned i = first; i < first + words; i++) {
        uint64_t word = next_random(&writer->random);
        change += word_hash(word, i) - word_hash(target[i], i);
        target[i] = word;
    }
    entries[page].hash += change;
    entries[page].version++;
    pthread_mutex_unlock(&writer->lock);
    atomic_fetch_add(&writes_done, 1);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until_us(uint64_t deadline)
{
    struct timespec until = {.tv_sec = deadline / 1000000, .tv_nsec = deadline % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

/*
 * Calls `step` at the given rate, in small bursts. What could not be done in time is left out, not caught up: a guest
 * that was held up does not burst afterwards.
 */
static void __attribute__((noreturn)) at_rate(uint64_t per_second, void (*step)(void *), void *argument)
{
    const uint64_t burst_us = 5000;
    uint64_t deadline = now_us();
    uint64_t owed = 0; /* steps times a million */
    if (per_second == 0) {
        for (;;) {
            pause();
        }
    }
    for (;;) {
        owed += per_second * burst_us;
        for (; owed >= 1000000; owed -= 1000000) {
            step(argument);
        }
        deadline += burst_us;
        uint64_t now = now_us();
        if (deadline < now) {
            deadline = now;
        }
        sleep_until_us(deadline);
    }
}

static void write_step(void *argument)
{
    write_page(argument);
}

static void *run_writer(void *argument)
{
    at_rate(settings.writes_per_second / settings.writers, write_step, argument);
}

static struct writer *owner_of(uint64_t page)
{
    for (uint64_t i = 0; i < settings.writers; i++) {
        if (page - writers[i].first_page < writers[i].pages) {
            return &writers[i];
        }
    }
    return NULL;
}

static void sweep_step(void *argument)
{
    uint64_t *page = argument;
    struct writer *owner = owner_of(*page);
    if (owner) {
        pthread_mutex_lock(&owner->lock);
    }
    check_page(*page);
    if (owner) {
        pthread_mutex_unlock(&owner->lock);
    }
    if (++*page == page_count) {
        *page = 0;
        atomic_fetch_add(&sweeps_done, 1);
    }
}

static void *run_sweeper(void *argument)
{
    (void) argument;
    uint64_t page = 0;
    at_rate(page_count == 0 ? 0 : settings.sweep_pages_per_second, sweep_step, &page);
}

/* The heartbeat goes before all else, so that a gap in it is the machine's and not the workload's. */
static void __attribute__((noreturn)) beat(void)
{
    struct sched_param priority = {.sched_priority = 10};
    uint64_t deadline = now_us();
    uint64_t next_stats = deadline;
    sched_setscheduler(0, SCHED_FIFO, &priority);
    for (uint64_t sequence = 0;; sequence++) {
        say("GODWIT hb %" PRIu64 " %" PRIu64, sequence, now_us());
        if (now_us() >= next_stats) {
            next_stats += 1000000;
            say("GODWIT stats writes=%" PRIuFAST64 " checked=%" PRIuFAST64 " sweeps=%" PRIuFAST64
                " corrupt=%" PRIuFAST64,
                atomic_load(&writes_done), atomic_load(&pages_checked), atomic_load(&sweeps_done),
                atomic_load(&pages_corrupt));
        }
        deadline += settings.heartbeat_ms * 1000;
        if (deadline < now_us()) {
            deadline = now_us();
        }
        sleep_until_us(deadline);
    }
}

static void fill_random(uint64_t *page, uint64_t seed)
{
    for (unsigned i = 0; i < WORDS; i++) {
        page[i] = next_random(&seed);
    }
}

/* Log-like lines: words of a small vocabulary, the first ones much more often, and numbers between them. */
static void fill_text(uint64_t *page, uint64_t seed)
{
    static const char *const vocabulary[] = {
        "the ",     "of ",      "page ",     "to ",      "memory ",   "in ",        "is ",       "guest ",
        "round ",   "a ",       "dirty ",    "stream ",  "offset ",   "lane ",      "source ",   "target ",
        "INFO ",    "WARN ",    "request ",  "latency ", "commit ",   "partition ", "consumer ", "at ",
        "while ",   "thread ",  "buffer ",   "size=",    "duration=", "status=OK ", "record ",   "handover\n",
    };
    char *text = (char *) page;
    unsigned length = 0;
    while (length < PAGE) {
        uint64_t draw = next_random(&seed);
        char number[16];
        const char *word = vocabulary[(draw & 31) & (draw >> 8 & 31)];
        if ((draw >> 16 & 7) == 0) {
            snprintf(number, sizeof number, "%u ", (unsigned) (draw >> 32) % 100000);
            word = number;
        }
        size_t take = strlen(word);
        if (take > PAGE - length) {
            take = PAGE - length;
        }
        memcpy(text + length, word, take);
        length += take;
    }
}

static void fill_repeated(uint64_t *page, uint64_t seed)
{
    fill_text(page, seed % REPEATED_PAGES);
}

static uint64_t fill(uint64_t first_page, uint64_t bytes, void (*fill_page)(uint64_t *, uint64_t))
{
    uint64_t end = first_page + bytes / PAGE;
    for (uint64_t page = first_page; page < end; page++) {
        fill_page(page_at(page), settings.seed * 0x100000001u + page);
        entries[page].hash = page_hash(page_at(page));
    }
    return end;
}

static void *map_memory(uint64_t bytes)
{
    void *address =
        mmap(NULL, bytes ? bytes : PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) {
        fail("mmap");
    }
    return address;
}

static uint64_t free_memory(void)
{
    return (uint64_t) sysconf(_SC_AVPHYS_PAGES) * PAGE;
}

static void fill_memory(void)
{
    page_count = (settings.hot + settings.text + settings.random + settings.repeat) / PAGE;
    uint64_t needed = page_count * (PAGE + sizeof *entries);
    if (needed > free_memory() / 10 * 9) {
        errno = ENOMEM;
        fail("the regions of the command line need more memory than this machine has");
    }
    memory = map_memory(page_count * PAGE);
    entries = map_memory(page_count * sizeof *entries);
    uint64_t page = fill(0, settings.hot, settings.hot_is_text ? fill_text : fill_random);
    page = fill(page, settings.text, fill_text);
    page = fill(page, settings.random, fill_random);
    fill(page, settings.repeat, fill_repeated);
}

static void start_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, run, argument);
    if (errno != 0) {
        fail("pthread_create");
    }
}

static void start_writers(void)
{
    uint64_t hot_pages = settings.hot / PAGE;
    for (uint64_t i = 0; i < settings.writers; i++) {
        struct writer *writer = &writers[i];
        pthread_mutex_init(&writer->lock, NULL);
        writer->first_page = hot_pages * i / settings.writers;
        writer->pages = hot_pages * (i + 1) / settings.writers - writer->first_page;
        writer->random = mix(settings.seed + i);
    }
    for (uint64_t i = 0; i < settings.writers && writers[i].pages > 0; i++) {
        start_thread(run_writer, &writers[i]);
    }
}

static uint64_t parse_number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    switch (*end) {
    case 'G':
        value <<= 10; /* fall through */
    case 'M':
        value <<= 10; /* fall through */
    case 'K':
        value <<= 10;
        end++;
    }
    if (end == text || (*end != '\0')) {
        errno = EINVAL;
        fail(text);
    }
    return value;
}

static bool parse_hot_fill(const char *value)
{
    bool text = strcmp(value, "text") == 0;
    if (!text && strcmp(value, "random") != 0) {
        errno = EINVAL;
        fail("godwit.hot-fill is neither random nor text");
    }
    return text;
}

static void set(const char *name, const char *value)
{
    static const struct {
        const char *name;
        uint64_t *value;
    } options[] = {
        {"hot", &settings.hot},
        {"text", &settings.text},
        {"random", &settings.random},
        {"repeat", &settings.repeat},
        {"writes", &settings.writes_per_second},
        {"bytes", &settings.write_bytes},
        {"writers", &settings.writers},
        {"sweep", &settings.sweep_pages_per_second},
        {"heartbeat", &settings.heartbeat_ms},
        {"seed", &settings.seed},
    };
    if (strcmp(name, "hot-fill") == 0) {
        settings.hot_is_text = parse_hot_fill(value);
        return;
    }
    for (unsigned i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(name, options[i].name) == 0) {
            *options[i].value = parse_number(value);
            return;
        }
    }
    errno = EINVAL;
    fail(name);
}

static void check_settings(void)
{
    errno = EINVAL;
    if ((settings.hot | settings.text | settings.random | settings.repeat) % PAGE != 0) {
        fail("a region is not a multiple of the page");
    }
    if (settings.write_bytes == 0 || settings.write_bytes % 8 != 0 || settings.write_bytes > PAGE) {
        fail("godwit.bytes is not a multiple of 8 up to a page");
    }
    if (settings.writers == 0 || settings.writers > MAX_WRITERS) {
        fail("godwit.writers is not 1 to 16");
    }
    if (settings.heartbeat_ms == 0) {
        fail("godwit.heartbeat is 0");
    }
}

static void read_command_line(void)
{
    static char line[4096];
    int file = open("/proc/cmdline", O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, line, sizeof line - 1);
    if (length < 0) {
        fail("/proc/cmdline");
    }
    close(file);
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        char *value = strchr(word, '=');
        if (strncmp(word, "godwit.", 7) == 0 && value) {
            *value++ = '\0';
            set(word + 7, value);
        }
    }
    check_settings();
}

static void mount_at(const char *type, const char *where)
{
    mkdir(where, 0755);
    if (mount(type, where, type, 0, NULL) != 0 && errno != EBUSY) {
        fail(where);
    }
}

static void open_console(void)
{
    int serial = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
    if (serial >= 0) {
        console = serial;
    }
}

int main(void)
{
    mount_at("devtmpfs", "/dev");
    mount_at("proc", "/proc");
    open_console();
    read_command_line();
    fill_memory();
    say("GODWIT ready pages=%" PRIu64, page_count);
    start_writers();
    start_thread(run_sweeper, NULL);
    beat();
}
