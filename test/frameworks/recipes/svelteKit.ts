// src/routes/orders/[id]/events/+server.ts
import type { RequestHandler } from '@sveltejs/kit'
import { createSSEStream } from '@tidewire/server'
import { findOrder, followOrder, signIn } from './shop.ts'

export const GET: RequestHandler<{ id: string }> = async ({ params, request }) => {
  if (!signIn(request.headers.get('authorization'))) return new Response(null, { status: 401 })
  const order = await findOrder(params.id)
  if (!order) return new Response(null, { status: 404 })
  return createSSEStream((session) => followOrder(order, session), { request }).toResponse()
}
