import { expect, type TestContext } from 'vitest'
import { exceptions } from './exceptions.ts'

export function isException(host: string, title: string): boolean {
  return exceptions.some((exception) => exception.title === title && exception.hosts.includes(host))
}

/** Proves what a runtime can do, or, where that is an exception, that it still cannot. */
export async function orException(host: string, { task }: TestContext, prove: () => Promise<void>): Promise<void> {
  if (!isException(host, task.name)) return prove()
  Object.assign(task.meta, { isException: true })
  await expect(prove(), `${host} has learned this: take it from the exceptions.`).rejects.toThrow(Error)
}
