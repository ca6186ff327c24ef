import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence } = useSection(12)

sentence(
  '12',
  'The seq counts what the whole hub publishes: whoever reads one channel can tell from it how much is published in all.',
  async () => {
    const { hub, follow } = await serveChannels({ news: undefined, secret: () => false })
    const { hello, next } = await follow('channel=news')
    for (let count = 0; count < 5; count++) await hub.to('secret').data(count)
    await hub.to('news').data(1)
    const { id } = (await next()) ?? {}
    expect([hello.cursor, id].map((id) => id?.split('.')[1])).toEqual(['0', '6'])
  },
)

sentence(
  '12',
  "An id is no secret and no right. It is a position, and whoever sends it gets what today's authorization allows.",
  async () => {
    const { hub, ask, follow } = await serveChannels(
      { news: undefined, 'users/:id': (context: unknown, { id }: Record<string, string>) => context === id },
      { context: (request) => request.headers.get('authorization') },
    )
    const { hello } = await follow('v=1&channel=users/ann&channel=news', { authorization: 'ann' })
    await hub.to('users/ann', 'news').data(1)
    const bob = { authorization: 'bob', 'last-event-id': hello.cursor }
    expect((await ask('channel=users/ann', bob)).status).toBe(403)
    const { next } = await follow('v=1&channel=users/ann&channel=news', bob)
    expect(await next()).toMatchObject({ event: 'news#message' })
  },
)
