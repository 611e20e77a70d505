#include "json.h"
#include <stdlib.h>
#include <string.h>

int equal(struct text a, struct text b) {
    return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

static int is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

// Where the string that starts at `at` ends, behind its quote.
static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') {
            at++;
        }
    }
    return at < end ? at + 1 : end;
}

// Where the value that starts at `at` ends.
static const char *skip_value(const char *at, const char *end) {
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0) {
                return at;
            }
            depth--;
            at++;
        } else if (depth == 0 && (*at == ',' || *at == ':' || is_blank(*at))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0) {
            return at;
        }
    }
    return end;
}

struct text member(struct text object, const char *name) {
    const char *end = object.start + object.length, *at = skip_blanks(object.start, end);
    size_t name_length = strlen(name);
    for (at++; at < end;) {
        const char *key = at = skip_blanks(at, end);
        if (at >= end || *at != '"') {
            break;
        }
        at = skip_string(at, end);
        size_t key_length = (size_t)(at - key) - 2;
        at = skip_blanks(skip_blanks(at, end) + 1, end);
        const char *value = at;
        at = skip_value(at, end);
        if (key_length == name_length && memcmp(key + 1, name, name_length) == 0) {
            return (struct text){value, (size_t)(at - value)};
        }
        at = skip_blanks(at, end) + 1;
    }
    return (struct text){0};
}

void append_text(struct buffer *buffer, struct text text) {
    if (buffer->capacity - buffer->length < text.length) {
        size_t capacity = 2 * (buffer->length + text.length);
        char *start = realloc(buffer->start, capacity);
        if (start == NULL) {
            abort();
        }
        buffer->start = start;
        buffer->capacity = capacity;
    }
    memcpy(buffer->start + buffer->length, text.start, text.length);
    buffer->length += text.length;
}

void append(struct buffer *buffer, const char *string) {
    append_text(buffer, (struct text){string, strlen(string)});
}

struct text contents(const struct buffer *buffer) {
    return (struct text){buffer->start, buffer->length};
}

void discard(struct buffer *buffer) {
    free(buffer->start);
    *buffer = (struct buffer){0};
}
