import { app } from './recipes/elysia.ts'
import { changeOrder } from './recipes/shop.ts'
import { followers } from './startedShop.ts'

// The process that `startShopOnBun` starts: says its port, then takes orders.
console.error = () => {} // A case makes a source fail.
app.listen({ port: 0 })
process.send?.(app.server?.port)
process.on('message', (message: string) => {
  if (message !== '') changeOrder('42', message)
  process.send?.(followers())
})
