/* A libnvidia-ml.so.1 without a GPU: it answers what a text file says (state.h), with the names and structures of nvml.h. */
#include "state.h"

#define BEGIN { int code = begin(__func__); if (code) return code; }
#define FIND Card *c; { int code = find(__func__, handle, &c); if (code) return code; }
#define TELL(told, what) { FIND if (!(told)) return UNSUPPORTED; what; return OK; }

static int text(const char *from, char *to, uint length) {
    if (strlen(from) + 1 > length) return TOO_SMALL;
    strcpy(to, from);
    return OK;
}

int nvmlInitWithFlags(uint flags) { (void)flags; BEGIN return state.init; }
int nvmlInit_v2(void) { BEGIN return state.init; }
int nvmlInit(void) { BEGIN return state.init; }
int nvmlShutdown(void) { return OK; }
int nvmlSystemGetDriverVersion(char *to, uint length) { BEGIN return text(state.driver, to, length); }
int nvmlSystemGetNVMLVersion(char *to, uint length) { BEGIN return text(state.driver, to, length); }
int nvmlSystemGetCudaDriverVersion(int *to) { BEGIN *to = state.cuda; return OK; }
int nvmlSystemGetCudaDriverVersion_v2(int *to) { BEGIN *to = state.cuda; return OK; }
int nvmlSystemGetProcessName(uint pid, char *to, uint length) {
    BEGIN
    char path[64];
    snprintf(path, sizeof path, "/proc/%u/comm", pid);
    FILE *file = fopen(path, "r");
    if (!file) return NOT_FOUND;
    char *line = fgets(to, (int)length, file);
    fclose(file);
    if (!line) return NOT_FOUND;
    to[strcspn(to, "\n")] = 0;
    return OK;
}

int nvmlDeviceGetCount_v2(uint *to) {
    BEGIN
    *to = 0;
    for (int i = 0; i < state.count; i++) *to += state.cards[i].parent < 0;
    return OK;
}
int nvmlDeviceGetCount(uint *to) { return nvmlDeviceGetCount_v2(to); }
int nvmlDeviceGetHandleByIndex_v2(uint index, void **to) {
    BEGIN
    size_t place = nth(-1, index);
    if (!place) return INVALID;
    if (state.cards[place - 1].handle) return state.cards[place - 1].handle;
    *to = (void *)place;
    return OK;
}
int nvmlDeviceGetHandleByIndex(uint index, void **to) { return nvmlDeviceGetHandleByIndex_v2(index, to); }
int nvmlDeviceGetHandleByUUID(const char *uuid, void **to) {
    BEGIN
    for (int i = 0; i < state.count; i++)
        if (!strcmp(state.cards[i].uuid, uuid)) { *to = (void *)((size_t)i + 1); return OK; }
    return NOT_FOUND;
}
int nvmlDeviceGetIndex(void *handle, uint *to) {
    FIND
    *to = 0;
    for (Card *before = state.cards; before < c; before++) *to += before->parent == c->parent;
    return OK;
}
int nvmlDeviceGetMinorNumber(void *handle, uint *to) { return nvmlDeviceGetIndex(handle, to); }
int nvmlDeviceGetName(void *handle, char *to, uint length) { FIND return text(c->name, to, length); }
int nvmlDeviceGetUUID(void *handle, char *to, uint length) {
    FIND
    return *c->uuid ? text(c->uuid, to, length) : UNSUPPORTED;
}
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor)
    TELL(c->told_capability, (*major = c->major, *minor = c->minor))

typedef struct { char legacy[16]; uint domain, bus, device, id, subsystem; char full[32]; } Bus;
int nvmlDeviceGetPciInfo_v3(void *handle, Bus *to) {
    FIND
    if (!*c->bus) return UNSUPPORTED;
    memset(to, 0, sizeof *to);
    snprintf(to->full, sizeof to->full, "%s", c->bus);
    sscanf(c->bus, "%x:%x:%x", &to->domain, &to->bus, &to->device);
    snprintf(to->legacy, sizeof to->legacy, "%04x:%02x:%02x.0", to->domain & 0xffff, to->bus & 0xff, to->device & 0xff);
    return OK;
}

typedef struct { ull total, free, used; } Memory;
typedef struct { uint version; ull total, reserved, free, used; } Memory2;
int nvmlDeviceGetMemoryInfo(void *handle, Memory *to)
    TELL(c->told_memory, (to->total = c->total, to->used = c->used, to->free = c->total - c->used))
int nvmlDeviceGetMemoryInfo_v2(void *handle, Memory2 *to)
    TELL(c->told_memory, (to->total = c->total, to->reserved = 0, to->used = c->used, to->free = c->total - c->used))

typedef struct { uint gpu, memory; } Use;
int nvmlDeviceGetUtilizationRates(void *handle, Use *to)
    TELL(c->told_use, (to->gpu = c->gpu_use, to->memory = c->memory_use))
int nvmlDeviceGetEncoderUtilization(void *handle, uint *to, uint *period) TELL(c->told_use, (*to = 0, *period = 167000))
int nvmlDeviceGetDecoderUtilization(void *handle, uint *to, uint *period) TELL(c->told_use, (*to = 0, *period = 167000))
int nvmlDeviceGetTemperature(void *handle, int sensor, uint *to) TELL(sensor == 0 && c->told_heat, *to = c->heat)
typedef struct { uint version; int sensor, heat; } Heat;
int nvmlDeviceGetTemperatureV(void *handle, Heat *to) TELL(c->told_heat, to->heat = (int)c->heat)
int nvmlDeviceGetFanSpeed(void *handle, uint *to) TELL(c->told_fan, *to = c->fan)
int nvmlDeviceGetPowerUsage(void *handle, uint *to) TELL(c->told_power, *to = c->power)
int nvmlDeviceGetEnforcedPowerLimit(void *handle, uint *to) TELL(c->told_limit, *to = c->limit)
int nvmlDeviceGetPowerManagementLimit(void *handle, uint *to) TELL(c->told_limit, *to = c->limit)

int nvmlDeviceGetEccMode(void *handle, int *now, int *next) TELL(c->told_ecc, (*now = *next = 1))
int nvmlDeviceGetTotalEccErrors(void *handle, int kind, int counter, ull *to)
    TELL(c->told_ecc && (counter == 0 || counter == 1), *to = c->ecc[kind == 1])
int nvmlDeviceGetRemappedRows(void *handle, uint *corrected, uint *uncorrected, uint *pending, uint *failed)
    TELL(c->told_rows, (*corrected = c->rows[0], *uncorrected = c->rows[1], *pending = c->rows[2], *failed = c->rows[3]))
int nvmlDeviceGetRetiredPagesPendingStatus(void *handle, int *to) TELL(c->told_retired, *to = (int)c->retired)

typedef struct { uint field, scope; long long time, latency; int type, code; union { uint ui; ull ull_; } value; } Field;
int nvmlDeviceGetFieldValues(void *handle, int count, Field *fields) {
    FIND
    for (int i = 0; i < count; i++) {
        int known = fields[i].field == 230 && c->told_recovery; /* NVML_FI_DEV_GET_GPU_RECOVERY_ACTION */
        fields[i].code = known ? OK : UNSUPPORTED;
        fields[i].type = 1;
        fields[i].value.ull_ = known ? c->recovery : 0;
    }
    return OK;
}

int nvmlDeviceGetMigMode(void *handle, uint *now, uint *next) TELL(c->told_mig, (*now = *next = c->mig))
int nvmlDeviceIsMigDeviceHandle(void *handle, uint *to) { FIND *to = c->parent >= 0; return OK; }
int nvmlDeviceGetMaxMigDeviceCount(void *handle, uint *to) TELL(c->told_mig, *to = 7)
int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, uint index, void **to) {
    FIND
    size_t place = nth((int)(c - state.cards), index);
    if (!place) return NOT_FOUND;
    *to = (void *)place;
    return OK;
}
int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void *handle, void **to) {
    FIND
    if (c->parent < 0) return INVALID;
    *to = (void *)((size_t)c->parent + 1);
    return OK;
}
int nvmlDeviceGetGpuInstanceId(void *handle, uint *to) TELL(c->told_slice, *to = c->slice[0])
int nvmlDeviceGetComputeInstanceId(void *handle, uint *to) TELL(c->told_slice, *to = c->slice[1])

typedef struct { uint pid; ull bytes; uint gpu_instance, compute_instance; } Told;
static int processes(Card *c, int graphics, uint *count, Told *to) {
    uint found = 0, room = *count;
    for (int i = 0; i < c->process_count; i++) {
        if (c->processes[i].graphics != graphics) continue;
        if (to && found < room) {
            uint none = 0xffffffffu;
            to[found].pid = c->processes[i].pid;
            to[found].bytes = c->processes[i].bytes;
            to[found].gpu_instance = c->told_slice ? c->slice[0] : none;
            to[found].compute_instance = c->told_slice ? c->slice[1] : none;
        }
        found++;
    }
    *count = found;
    return found > room ? TOO_SMALL : OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, uint *count, Told *to) { FIND return processes(c, 0, count, to); }
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *handle, uint *count, Told *to) { FIND return processes(c, 1, count, to); }

typedef struct { void *device; ull type, data; uint gpu_instance, compute_instance; } Event;
int nvmlEventSetCreate(void **to) { BEGIN *to = (void *)1; return OK; }
int nvmlEventSetFree(void *set) { (void)set; return OK; }
int nvmlDeviceGetSupportedEventTypes(void *handle, ull *to) { FIND *to = 8; return OK; }
int nvmlDeviceRegisterEvents(void *handle, ull types, void *set) {
    (void)set;
    FIND
    if (types & ~8ull) return UNSUPPORTED;
    told_xids[c - state.cards] = c->xid_count; /* what was before is not told */
    return OK;
}
int nvmlEventSetWait_v2(void *set, Event *to, uint milliseconds) {
    (void)set, (void)milliseconds;
    BEGIN
    for (int i = 0; i < state.count; i++)
        if (told_xids[i] < state.cards[i].xid_count) {
            memset(to, 0, sizeof *to);
            to->device = (void *)((size_t)i + 1);
            to->type = 8;
            to->data = state.cards[i].xids[told_xids[i]++];
            return OK;
        }
    return TIMEOUT;
}

const char *nvmlErrorString(int code) {
    switch (code) {
        case OK: return "Success";
        case 1: return "Uninitialized";
        case INVALID: return "Invalid Argument";
        case UNSUPPORTED: return "Not Supported";
        case 4: return "Insufficient Permissions";
        case NOT_FOUND: return "Not Found";
        case TOO_SMALL: return "Insufficient Size";
        case 9: return "Driver Not Loaded";
        case TIMEOUT: return "Timeout";
        case ABSENT: return "Function Not Found";
        case 15: return "GPU is lost";
        case 16: return "GPU requires reset";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}
