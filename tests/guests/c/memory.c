#include "memory.h"
#include "json.h"
#include <stdlib.h>

struct block {
    struct block *next;
    uint32_t size;
    _Alignas(16) char memory[];
};

static struct block *blocks;

__attribute__((export_name("allocate"))) uint32_t allocate(uint32_t size) {
    if (size == 0 || size > UINT32_MAX - sizeof(struct block)) {
        return 0;
    }
    struct block *block = malloc(sizeof *block + size);
    if (block == NULL) {
        return 0;
    }
    *block = (struct block){.next = blocks, .size = size};
    blocks = block;
    return (uint32_t)(uintptr_t)block->memory;
}

__attribute__((export_name("deallocate"))) void deallocate(uint32_t address, uint32_t size) {
    struct block **at = &blocks;
    while (*at != NULL && (uint32_t)(uintptr_t)(*at)->memory != address) {
        at = &(*at)->next;
    }
    struct block *block = *at;
    if (block == NULL || block->size != size) {
        log_line("ERROR", "deallocate: no such block", "size", TEXT("null"));
    } else {
        *at = block->next;
        free(block);
    }
    unsigned left = 0;
    for (block = blocks; block != NULL; block = block->next) {
        left++;
    }
    char digits[10], *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    log_line("DEBUG", "deallocate", "left", (struct text){first, (size_t)(digits + sizeof digits - first)});
}
