// orderStream.ts
import { createSSEStream, type SSEStream } from '@tidewire/server'
import { findOrder, followOrder, type Order } from './shop.ts'

/** Follows an order, where there is one: `pipeSSE(orderStream(id), req, res)`. */
export function orderStream(id: string, request?: Request): SSEStream {
  let order: Order
  return createSSEStream((session) => followOrder(order, session), {
    request,
    accept: true,
    async prepare() {
      const found = await findOrder(id)
      if (!found) return new Response('There is no such order.', { status: 404 })
      order = found
    },
  })
}

/** The same in a fetch handler. */
export function GET(request: Request): Promise<Response> {
  const id = new URL(request.url).searchParams.get('id') ?? ''
  return orderStream(id, request).respond()
}
