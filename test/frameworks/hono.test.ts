import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { app } from './recipes/hono.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

testFramework('Hono', () => startShop(serve({ fetch: app.fetch, port: 0 }) as Server))
