/* What the fake driver answers: a text file that is read again at every call.
 *
 * The file's path is in $FAKE_NVML. One word and its values a line; what a card's lines do not say, the driver does
 * not tell (NVML_ERROR_NOT_SUPPORTED). Lines after `card` or `instance` belong to it, those before to the driver.
 *
 *   driver VERSION            cuda NUMBER (12040)       init CODE (what nvmlInit returns)
 *   card NAME                 instance NAME (MIG, of the card above)
 *   uuid TEXT                 bus DOMAIN:BUS:DEVICE.0   capability MAJOR MINOR
 *   memory TOTAL USED (bytes) utilisation GPU MEMORY    temperature CELSIUS
 *   power MILLIWATTS          limit MILLIWATTS          fan PERCENT
 *   mig 0|1                   slice GPU_INSTANCE COMPUTE_INSTANCE
 *   ecc CORRECTED UNCORRECTED rows CORRECTED UNCORRECTED PENDING FAILED     retired PENDING
 *   recovery ACTION           xid NUMBER (told once a line, to whom registered)
 *   process PID BYTES         graphics PID BYTES        (BYTES -1: not told)
 *   handle CODE (no handle)   lost CODE (every call)
 *   refuse FUNCTION CODE      (before the first card: for all; CODE 13 as if the function were not there)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, INVALID = 2, UNSUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, TIMEOUT = 10, ABSENT = 13, UNKNOWN = 999 };
enum { CARDS = 32, PROCESSES = 64, REFUSALS = 16, XIDS = 16, TEXT = 96 };

typedef unsigned int uint;
typedef unsigned long long ull;
typedef struct { char function[TEXT]; int code; } Refusal;
typedef struct { uint pid; ull bytes; int graphics; } Process;
typedef struct {
    char name[TEXT], uuid[TEXT], bus[32];
    int parent, told_capability, major, minor, told_memory, told_use, told_heat, told_power, told_limit, told_fan;
    int told_mig, told_slice, told_ecc, told_rows, told_retired, told_recovery;
    ull total, used, ecc[2];
    uint gpu_use, memory_use, heat, power, limit, fan, mig, slice[2], rows[4], retired, recovery;
    int handle, lost, process_count, refusal_count, xid_count;
    Process processes[PROCESSES];
    Refusal refusals[REFUSALS];
    ull xids[XIDS];
} Card;
typedef struct {
    char driver[TEXT];
    int cuda, init, count, refusal_count;
    Refusal refusals[REFUSALS];
    Card cards[CARDS];
} State;

static State state;
static int told_xids[CARDS];

static void read_refusal(const char *rest, Refusal *refusals, int *count) {
    if (*count < REFUSALS && sscanf(rest, "%95s %d", refusals[*count].function, &refusals[*count].code) == 2) (*count)++;
}

static void read_of_driver(const char *word, const char *rest) {
    if (!strcmp(word, "driver")) snprintf(state.driver, TEXT, "%s", rest);
    else if (!strcmp(word, "cuda")) state.cuda = atoi(rest);
    else if (!strcmp(word, "init")) state.init = atoi(rest);
    else if (!strcmp(word, "refuse")) read_refusal(rest, state.refusals, &state.refusal_count);
}

static void read_process(Card *card, const char *rest, int graphics) {
    Process *process = &card->processes[card->process_count];
    long long bytes = -1;
    if (card->process_count < PROCESSES && sscanf(rest, "%u %lld", &process->pid, &bytes) >= 1) {
        process->bytes = (ull)bytes;
        process->graphics = graphics;
        card->process_count++;
    }
}

static void read_of_card(Card *c, const char *word, const char *rest) {
    if (!strcmp(word, "uuid")) snprintf(c->uuid, TEXT, "%s", rest);
    else if (!strcmp(word, "bus")) snprintf(c->bus, sizeof c->bus, "%s", rest);
    else if (!strcmp(word, "capability")) c->told_capability = sscanf(rest, "%d %d", &c->major, &c->minor) == 2;
    else if (!strcmp(word, "memory")) c->told_memory = sscanf(rest, "%llu %llu", &c->total, &c->used) == 2;
    else if (!strcmp(word, "utilisation")) c->told_use = sscanf(rest, "%u %u", &c->gpu_use, &c->memory_use) >= 1;
    else if (!strcmp(word, "temperature")) c->told_heat = sscanf(rest, "%u", &c->heat) == 1;
    else if (!strcmp(word, "power")) c->told_power = sscanf(rest, "%u", &c->power) == 1;
    else if (!strcmp(word, "limit")) c->told_limit = sscanf(rest, "%u", &c->limit) == 1;
    else if (!strcmp(word, "fan")) c->told_fan = sscanf(rest, "%u", &c->fan) == 1;
    else if (!strcmp(word, "mig")) c->told_mig = sscanf(rest, "%u", &c->mig) == 1;
    else if (!strcmp(word, "slice")) c->told_slice = sscanf(rest, "%u %u", &c->slice[0], &c->slice[1]) == 2;
    else if (!strcmp(word, "ecc")) c->told_ecc = sscanf(rest, "%llu %llu", &c->ecc[0], &c->ecc[1]) == 2;
    else if (!strcmp(word, "rows"))
        c->told_rows = sscanf(rest, "%u %u %u %u", &c->rows[0], &c->rows[1], &c->rows[2], &c->rows[3]) == 4;
    else if (!strcmp(word, "retired")) c->told_retired = sscanf(rest, "%u", &c->retired) == 1;
    else if (!strcmp(word, "recovery")) c->told_recovery = sscanf(rest, "%u", &c->recovery) == 1;
    else if (!strcmp(word, "xid")) { if (c->xid_count < XIDS) c->xids[c->xid_count++] = strtoull(rest, NULL, 10); }
    else if (!strcmp(word, "process")) read_process(c, rest, 0);
    else if (!strcmp(word, "graphics")) read_process(c, rest, 1);
    else if (!strcmp(word, "handle")) c->handle = atoi(rest);
    else if (!strcmp(word, "lost")) c->lost = atoi(rest);
    else if (!strcmp(word, "refuse")) read_refusal(rest, c->refusals, &c->refusal_count);
}

static void read_line(char *line) {
    static int parent;
    line[strcspn(line, "\r\n")] = 0;
    char *word = line + strspn(line, " \t"), *rest = word + strcspn(word, " \t");
    if (*rest) { *rest++ = 0; rest += strspn(rest, " \t"); }
    int card = !strcmp(word, "card"), instance = !strcmp(word, "instance");
    if (!*word || *word == '#') return;
    if (card || instance) {
        if (state.count == CARDS) return;
        Card *next = &state.cards[state.count];
        snprintf(next->name, TEXT, "%s", rest);
        next->parent = instance ? parent : -1;
        if (card) parent = state.count;
        state.count++;
    } else if (state.count) read_of_card(&state.cards[state.count - 1], word, rest);
    else read_of_driver(word, rest);
}

/* Read the file again; what the function named is refused with, or OK. */
static int begin(const char *function) {
    char line[512];
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file) return UNKNOWN;
    memset(&state, 0, sizeof state);
    while (fgets(line, sizeof line, file)) read_line(line);
    fclose(file);
    for (int i = 0; i < state.refusal_count; i++)
        if (!strcmp(state.refusals[i].function, function)) return state.refusals[i].code;
    return OK;
}

static int find(const char *function, void *handle, Card **card) {
    int code = begin(function);
    size_t index = (size_t)handle - 1;
    if (code) return code;
    if (index >= (size_t)state.count) return INVALID;
    *card = &state.cards[index];
    if ((*card)->lost) return (*card)->lost;
    for (int i = 0; i < (*card)->refusal_count; i++)
        if (!strcmp((*card)->refusals[i].function, function)) return (*card)->refusals[i].code;
    return OK;
}

/* The n-th of those with this parent (-1: the n-th card), as its place plus one; 0 where there is none. */
static size_t nth(int parent, uint n) {
    for (int i = 0; i < state.count; i++)
        if (state.cards[i].parent == parent && n-- == 0) return (size_t)i + 1;
    return 0;
}
