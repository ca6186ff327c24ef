import { createServer } from 'node:http'
import { app } from './recipes/express.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

testFramework('Express 5', () => startShop(createServer(app)))
