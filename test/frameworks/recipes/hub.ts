// hub.ts
import { createSSEHub, eventTypes } from '@tidewire/server'
import { findOrder, isStaff, onChange } from './shop.ts'

export const hub = createSSEHub({
  channels: {
    'orders/:id': eventTypes<{ changed: { status: string } }>(),
    turnover: eventTypes<{ message: { today: number } }>(),
  },
  context: (request) => ({ isStaff: isStaff(request.headers.get('authorization')) }),
})

hub.channel('orders/:id', { resolve: ({ id }) => findOrder(id) })
hub.channel('turnover', ({ isStaff }) => isStaff)

onChange(({ id }, status) => void hub.to(`orders/${id}`).send('changed', { status }))
