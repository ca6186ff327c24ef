import { app } from './recipes/fastify.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

testFramework('Fastify 5', async () => {
  await app.listen({ port: 0 })
  return startShop(app.server)
})
