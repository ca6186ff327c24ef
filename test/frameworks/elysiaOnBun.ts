import { app } from './recipes/elysia.ts'
import { changeOrder, countFollowers } from './recipes/shop.ts'

// The process that `startShopOnBun` starts: says its port, then takes orders.
console.error = () => {} // A case makes a source fail.
app.listen({ port: 0 })
process.send?.(app.server?.port)
process.on('message', (message: string) => {
  if (message !== '') changeOrder('42', message)
  process.send?.(countFollowers('42'))
})
