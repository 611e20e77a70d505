// The authoring guide's contract in C: a plugin that compares a file's permissions with those that it should have and,
// when asked, runs a command. All memory is malloc's; whoever was last given a block frees it.
//
// It reads JSON but decodes none: texts and numbers are copied from the configuration into requests, and from responses
// into evidence, in the form in which they came.
#include "json.h"
#include "memory.h"
#include <stdint.h>
#include <string.h>

// The packed form: address and length of a request in one value, and of the response, which is ours to free, in the other.
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
IMPORT("quoin_host", "file_stat") uint64_t file_stat(uint64_t request);
IMPORT("reglet_host", "exec_command") uint64_t exec_command(uint64_t request);
IMPORT("reglet_host", "log_message") void log_message(uint64_t request);

#define EXPORT(name) __attribute__((export_name(name)))

static uint64_t packed(struct text request) {
    return (uint64_t)(uintptr_t)request.start << 32 | request.length;
}

// Sends a request, which is freed, and answers the response, which is the caller's to free.
static struct text ask(uint64_t (*function)(uint64_t), struct buffer *request) {
    uint64_t response = function(packed(contents(request)));
    discard(request);
    return (struct text){(const char *)(uintptr_t)(response >> 32), (uint32_t)response};
}

static void release(struct text response) {
    deallocate((uint32_t)(uintptr_t)response.start, (uint32_t)response.length);
}

void log_line(const char *level, const char *message, const char *key, struct text value) {
    struct buffer request = {0};
    append(&request, "{\"level\":\"");
    append(&request, level);
    append(&request, "\",\"message\":\"");
    append(&request, message);
    append(&request, "\",\"attrs\":[{\"key\":\"");
    append(&request, key);
    append(&request, "\",\"type\":\"\",\"value\":");
    append_text(&request, value);
    append(&request, "}]}");
    log_message(packed(contents(&request)));
    discard(&request);
}

// Hands the host a result, which it gives back with the length that it found by reading the JSON.
static uint32_t give(struct buffer *result) {
    struct text text = contents(result);
    uint32_t block = allocate((uint32_t)text.length);
    if (block != 0) {
        memcpy((void *)(uintptr_t)block, text.start, text.length);
    }
    discard(result);
    return block;
}

static uint32_t give_constant(const char *json) {
    struct buffer result = {0};
    append(&result, json);
    return give(&result);
}

EXPORT("describe") uint32_t describe(void) {
    return give_constant(
        "{\"name\":\"c\",\"version\":\"0.1.0\",\"description\":\"Are a file's permissions as they should be\","
        "\"capabilities\":[{\"kind\":\"fs\",\"pattern\":\"read:/**\"},{\"kind\":\"exec\",\"pattern\":\"**\"}]}");
}

EXPORT("schema") uint32_t schema(void) {
    return give_constant(
        "{\"type\":\"object\",\"required\":[\"path\"],\"properties\":{"
        "\"path\":{\"type\":\"string\",\"x-capability\":\"fs:read:{value}\"},"
        "\"mode\":{\"type\":\"string\"},"
        "\"command\":{\"type\":\"string\",\"x-capability\":\"exec:{value}\"}}}");
}

// `error` is JSON: a text, or a record from the host.
static uint32_t give_error(struct text error) {
    struct buffer result = {0};
    append(&result, "{\"status\":false,\"error\":");
    append_text(&result, error);
    append(&result, "}");
    return give(&result);
}

static void append_member(struct buffer *to, const char *name, struct text from) {
    append(to, ",\"");
    append(to, name);
    append(to, "\":");
    append_text(to, member(from, name));
}

static int is_text(struct text value) {
    return value.length > 0 && value.start[0] == '"';
}

EXPORT("observe") uint32_t observe(uint32_t config_address, uint32_t config_length) {
    struct text config = {(const char *)(uintptr_t)config_address, config_length};
    struct text path = member(config, "path"), mode = member(config, "mode"), command = member(config, "command");
    if (path.length == 0) {
        return give_error(TEXT("\"configuration: `path` is missing\""));
    }
    if (!is_text(path)) {
        return give_error(TEXT("\"configuration: `path` has to be text\""));
    }
    if ((mode.length > 0 && !is_text(mode)) || (command.length > 0 && !is_text(command))) {
        return give_error(TEXT("\"configuration: `mode` and `command` have to be text\""));
    }
    log_line("INFO", "looking", "path", path);

    struct buffer request = {0};
    append(&request, "{\"follow\":true,\"path\":");
    append_text(&request, path);
    append(&request, "}");
    struct text file = ask(file_stat, &request);
    if (member(file, "error").length > 0) {
        uint32_t result = give_error(member(file, "error"));
        release(file);
        return result;
    }
    struct buffer evidence = {0};
    int status = mode.length == 0 || equal(mode, member(file, "mode"));
    append(&evidence, "{\"path\":");
    append_text(&evidence, path);
    append_member(&evidence, "kind", file);
    append_member(&evidence, "mode", file);
    append_member(&evidence, "size", file);
    release(file);

    if (command.length > 0) {
        append(&request, "{\"args\":[],\"command\":");
        append_text(&request, command);
        append(&request, "}");
        struct text ran = ask(exec_command, &request);
        if (member(ran, "error").length > 0) {
            uint32_t result = give_error(member(ran, "error"));
            release(ran);
            discard(&evidence);
            return result;
        }
        append_member(&evidence, "stdout", ran);
        append_member(&evidence, "exit_code", ran);
        status = status && equal(member(ran, "exit_code"), TEXT("0"));
        release(ran);
    }
    append(&evidence, status ? ",\"status\":true}" : ",\"status\":false}");
    return give(&evidence);
}
