// Blocks that the host knows of. Besides handing them out, this keeps a list of them and logs each deallocate: the
// tests watch the host with it. A plugin that trusts its host makes do with malloc and free.
#pragma once
#include <stdint.h>

uint32_t allocate(uint32_t size);
void deallocate(uint32_t address, uint32_t size);
