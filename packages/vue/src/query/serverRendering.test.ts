// @vitest-environment node
import { QueryClient, useQuery, VueQueryPlugin } from '@tanstack/vue-query'
import { createSSEClient } from '@tidewire/client'
import { expect, it, onTestFinished } from 'vitest'
import { createSSRApp, h, onServerPrefetch } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { liveQueryOptions, syncQueryCache, useLiveStatus } from './index.ts'

it('connects to nothing where it renders on a server, and says that nothing is live', async () => {
  const requests: unknown[] = []
  const client = createSSEClient({
    url: 'http://hub.test/_sse',
    async fetch(input) {
      requests.push(input)
      return new Response(null, { status: 503 })
    },
  })
  const queryClient = new QueryClient()
  onTestFinished(syncQueryCache(queryClient, client))
  const app = createSSRApp({
    setup() {
      const order = useQuery(() =>
        liveQueryOptions(
          { queryKey: ['order', '1'], queryFn: async () => ({ title: 'Order 1' }) },
          { channel: 'orders/1', rules: {} },
        ),
      )
      onServerPrefetch(() => order.suspense())
      const { status } = useLiveStatus(['order', '1'])
      return () => h('p', `${order.data.value?.title}: ${status.value}`)
    },
  }).use(VueQueryPlugin, { queryClient })
  expect(await renderToString(app)).toBe('<p>Order 1: stale</p>')
  // Who connects does so within a moment.
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(requests).toEqual([])
  client.close()
})
