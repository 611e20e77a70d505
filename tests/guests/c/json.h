// As much JSON as a plugin needs whose texts pass through it unread. What the host sends is valid.
#pragma once
#include <stddef.h>

// Bytes that lie somewhere else; length 0 is none.
struct text {
    const char *start;
    size_t length;
};

#define TEXT(literal) ((struct text){literal, sizeof literal - 1})

int equal(struct text a, struct text b);

// The value of a member of an object, as it is written there; none where it is missing. A null is a value.
struct text member(struct text object, const char *name);

// A text that grows. It starts as {0}. Out of memory, it ends the plugin.
struct buffer {
    char *start;
    size_t length, capacity;
};

void append(struct buffer *buffer, const char *string);
void append_text(struct buffer *buffer, struct text text);
struct text contents(const struct buffer *buffer);
// Frees it and leaves it empty.
void discard(struct buffer *buffer);

void log_line(const char *level, const char *message, const char *key, struct text value);
