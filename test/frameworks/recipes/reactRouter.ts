// app/routes/orders.$id.events.ts
import { createSSEStream } from '@tidewire/server'
import type { LoaderFunctionArgs } from 'react-router'
import { findOrder, followOrder, signIn } from './shop.ts'

export async function loader({ params, request }: LoaderFunctionArgs): Promise<Response> {
  if (!signIn(request.headers.get('authorization'))) return new Response(null, { status: 401 })
  const order = await findOrder(params['id'] ?? '')
  if (!order) return new Response(null, { status: 404 })
  return createSSEStream((session) => followOrder(order, session), { request }).toResponse()
}
