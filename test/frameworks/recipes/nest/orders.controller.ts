// orders.controller.ts
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, NotFoundException, Param, Req, Res, UnauthorizedException } from '@nestjs/common'
import { createSSEStream } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { findOrder, followOrder, signIn } from '../shop.ts'

@Controller('orders')
export class OrdersController {
  @Get(':id/events')
  async follow(@Param('id') id: string, @Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    if (!signIn(req.headers.authorization)) throw new UnauthorizedException()
    const order = await findOrder(id)
    if (!order) throw new NotFoundException()
    await pipeSSE(
      createSSEStream((session) => followOrder(order, session)),
      req,
      res,
    )
  }
}
