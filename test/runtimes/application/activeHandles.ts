/**
 * What keeps the process alive, kind by kind. On Deno only what node's modules hold; nothing on Bun, which does not tell,
 * nor on workerd, which has no process.
 */
export function activeHandles(): string[] {
  const { process } = globalThis as { process?: NodeJS.Process }
  return process?.getActiveResourcesInfo().toSorted() ?? []
}
