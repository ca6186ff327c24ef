import { expect, type TestContext } from 'vitest'
import { type Exception, exceptions } from './exceptions.ts'

export function findException(host: string, title: string): Exception | undefined {
  return exceptions.find((exception) => exception.title === title && exception.hosts.includes(host))
}

/** Proves what a runtime can do, or, where that is an exception, that it still cannot, and in the way that is known. */
export async function orException(host: string, { task }: TestContext, prove: () => Promise<void>): Promise<void> {
  const exception = findException(host, task.name)
  if (!exception) return prove()
  Object.assign(task.meta, { isException: true })
  await expect(prove(), `${host} has learned this: take it from the exceptions.`).rejects.toThrow(exception.failure)
}
