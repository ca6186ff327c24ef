// app/orders/[id]/events/route.ts
import { createSSEStream } from '@tidewire/server'
import { findOrder, followOrder, signIn } from './shop.ts'

export const dynamic = 'force-dynamic'

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  if (!signIn(request.headers.get('authorization'))) return new Response(null, { status: 401 })
  const { id } = await params
  const order = await findOrder(id)
  if (!order) return new Response(null, { status: 404 })
  return createSSEStream((session) => followOrder(order, session), { request }).toResponse()
}
