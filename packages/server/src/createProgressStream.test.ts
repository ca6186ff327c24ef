import { expect, it } from 'vitest'
import { createProgressStream } from './index.ts'

it('follows a task to its result', async () => {
  const stream = createProgressStream(async (update) => {
    update(10, 'Resizing')
    update(40)
    return { url: '/x' }
  })
  expect(await stream.toResponse().text()).toBe(
    'event: progress\ndata: {"percent":10,"message":"Resizing"}\n\n' +
      'event: progress\ndata: {"percent":40,"message":"Resizing"}\n\n' +
      'event: complete\ndata: {"result":{"url":"/x"}}\n\n' +
      'event: sse.bye\ndata: {"reason":"complete"}\n\n',
  )
})
