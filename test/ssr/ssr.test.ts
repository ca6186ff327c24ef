import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, startApplication } from './startApplication.ts'

describe.each(['react', 'vue'] as const)('a page that a server renders with %s', (framework) => {
  let application: Application

  beforeAll(async () => {
    application = await startApplication(framework)
  }, 60_000)

  afterAll(() => application.close())

  it('shows what the server knows, and asks for no stream', async () => {
    expect(globalThis.document).toBeUndefined()
    for (let i = 0; i < 3; i++) await application.happen()
    const text = await (await fetch(application.origin)).text()
    expect(text).toContain('<output id="ticks">1,2,3</output>')
    expect(text).toContain('<output id="titles">title1,title2,title3</output>')
    expect(text).toContain('<output id="status">connecting connecting idle 0 running</output>')
    // As long as a request would take.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(application.requests).toEqual([])
    expect(application.streams).toBe(0)
  })

  it('keeps nothing of one page for the next', async () => {
    await application.happen()
    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(application.origin)).text()))
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain('<output id="ticks">1,2,3,4</output>')
  })
})
