// Every port in memory. Needs no test library, so that hosts can use it in whatever tests they write.
export { createMemoryInvalidationChannel, type MemoryInvalidationChannel } from './memory-invalidation-channel.ts';
export { createMemoryLiteLlm, type MemoryLiteLlm, type MemoryLiteLlmOptions } from './memory-litellm.ts';
export type { MemoryOutside } from './memory-outside.ts';
export { createMemoryStorage, type MemoryStorage, type MemoryStorageOptions } from './memory-storage.ts';
export type { MemoryUpstream, MirrorFault } from './memory-upstream.ts';
