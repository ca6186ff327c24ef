import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { describe } from 'vitest'
import { bun } from '../spawnBun.ts'
import { app } from './recipes/elysia.ts'
import { startShop } from './startedShop.ts'
import { startShopOnBun } from './startShopOnBun.ts'
import { testFramework } from './testFramework.ts'

describe('on Node', () => {
  testFramework('Elysia', () => startShop(serve({ fetch: app.fetch, port: 0 }) as Server))
})

describe.skipIf(!existsSync(bun))('on Bun', () => {
  testFramework('Elysia', () => startShopOnBun('elysiaOnBun.ts'))
})
